//! The error record of each thread.

use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString, c_char, c_void};

use metatensor_core::{Error, ErrorCategory};

use crate::guard::guard;
use crate::handle::{OptOut, OptText, Out};
use crate::status::mts_status_t;

/// Origin of the errors of this library.
const CORE_ORIGIN: &str = "metatensor-core";

/// Function freeing the data attached to an error.
type DataDeleter = Option<unsafe extern "C" fn(*mut c_void)>;

/// The last error of a thread. Nothing is done with the data when a thread ends:
/// it may belong to an interpreter, which can not be used from a dying thread.
struct Record {
    message: CString,
    origin: CString,
    data: *mut c_void,
    deleter: DataDeleter,
    category: i32,
}

impl Default for Record {
    fn default() -> Record {
        Record {
            message: CString::default(),
            origin: CString::default(),
            data: std::ptr::null_mut(),
            deleter: None,
            category: 0,
        }
    }
}

thread_local! {
    static RECORD: RefCell<Record> = RefCell::default();
    /// Counts the changes of the record, to notice callbacks which fail without
    /// saying why.
    static GENERATION: Cell<u64> = const { Cell::new(0) };
}

/// Text which can be given to C, whatever it contains.
fn c_string(text: impl Into<Vec<u8>>) -> CString {
    CString::new(text).unwrap_or_else(|error| {
        let mut bytes = error.into_vec();
        bytes.retain(|byte| *byte != 0);
        CString::new(bytes).unwrap_or_default()
    })
}

/// Store a new record, then free the data of the previous one. The deleter may
/// call this library again, so nothing is borrowed or locked when it runs.
fn replace(record: Record) {
    let previous = RECORD.try_with(|current| current.replace(record));
    let _ = GENERATION.try_with(|generation| generation.set(generation.get().wrapping_add(1)));
    if let Ok(Record {
        data,
        deleter: Some(deleter),
        ..
    }) = previous
    {
        // SAFETY: the caller of `mts_set_last_error` promised that this can be
        // called with this data; it is no longer in the record, so only once
        unsafe { deleter(data) };
    }
}

/// Set the record to an error of this library.
pub fn set(message: &str) {
    replace(Record {
        message: c_string(message),
        origin: c_string(CORE_ORIGIN),
        ..Record::default()
    });
}

/// Set the record to an error of this library, with its category.
pub fn set_error(error: &Error) {
    replace(Record {
        message: c_string(error.to_string()),
        origin: c_string(CORE_ORIGIN),
        category: match error.category() {
            ErrorCategory::Other => 0,
            ErrorCategory::InvalidValue => 1,
            ErrorCategory::OutOfRange => 2,
            ErrorCategory::Different => 3,
            ErrorCategory::Unsupported => 4,
        },
        ..Record::default()
    });
}

/// Run a callback, and turn its failure into an error. The record set by the
/// callback is kept, with the name of the callback in front of the message.
pub fn call(function: &'static str, callback: impl FnOnce() -> mts_status_t) -> Result<(), Error> {
    let generation = || GENERATION.try_with(Cell::get).unwrap_or_default();
    let before = generation();
    let status = callback();
    if status == mts_status_t::MTS_SUCCESS {
        return Ok(());
    }
    let context = format!("callback error: `{function}` failed");
    if generation() == before {
        set(&format!(
            "{context}: no message was provided (status {})",
            status.0
        ));
        return Err(Error::Callback { function });
    }
    let _ = RECORD.try_with(|record| {
        let mut record = record.borrow_mut();
        let mut message = format!("{context}: ").into_bytes();
        message.extend_from_slice(record.message.as_bytes());
        record.message = c_string(message);
    });
    Err(Error::Callback { function })
}

/// Get the last error of the current thread. Successful calls do not reset it.
///
/// All parameters can be NULL. The strings are never NULL, belong to the library
/// and are valid until the next error of this thread.
///
/// @param message set to the description of the error
/// @param origin set to the name of the code which raised the error:
///        `metatensor-core` or the value given to `mts_set_last_error`
/// @param data set to the data given to `mts_set_last_error`, or NULL. It still
///        belongs to the error record
/// @returns `MTS_SUCCESS`
#[unsafe(no_mangle)]
pub extern "C" fn mts_last_error(
    message: OptOut<*const c_char>,
    origin: OptOut<*const c_char>,
    data: OptOut<*mut c_void>,
) -> mts_status_t {
    const NOTHING: &CStr = c"";
    // the record is gone when this is called while a thread ends
    let (last_message, last_origin, last_data) = RECORD
        .try_with(|record| {
            let record = record.borrow();
            (record.message.as_ptr(), record.origin.as_ptr(), record.data)
        })
        .unwrap_or((NOTHING.as_ptr(), NOTHING.as_ptr(), std::ptr::null_mut()));
    message.set(last_message);
    origin.set(last_origin);
    data.set(last_data);
    mts_status_t::MTS_SUCCESS
}

/// Get the category of the last error of the current thread: bindings for languages with
/// exceptions raise different ones.
///
/// Categories are 1 for an unknown name or a wrong number of values; 2 for a position which
/// is out of range; 3 for metadata of several objects which should be the same; 4 for
/// something which is not supported, as gradients of gradients. All other errors, and those
/// set with `mts_set_last_error`, have the category 0.
///
/// @param category set to the category, 0 if there was no error
#[unsafe(no_mangle)]
pub extern "C" fn mts_last_error_category(category: Out<i32>) -> mts_status_t {
    guard("mts_last_error_category", || {
        let slot = category.check("category")?;
        // the record is gone when this is called while a thread ends
        let last = RECORD.try_with(|record| record.borrow().category);
        slot.set(last.unwrap_or_default());
        Ok(())
    })
}

/// Set the last error of the current thread, for use by callbacks before they
/// return a failure status. The deleter of the previous error, if any, is called.
///
/// @param message description of the error, copied. Can be NULL
/// @param origin name of the code raising the error, copied. Can be NULL
/// @param data any data attached to the error, can be NULL
/// @param data_deleter function called with `data` when this error is replaced,
///        can be NULL
#[unsafe(no_mangle)]
pub extern "C" fn mts_set_last_error(
    message: OptText,
    origin: OptText,
    data: *mut c_void,
    data_deleter: Option<unsafe extern "C" fn(*mut c_void)>,
) -> mts_status_t {
    let copy = |text: &OptText, default: &CStr| text.get().unwrap_or(default).to_owned();
    replace(Record {
        message: copy(&message, c"no message was provided"),
        origin: copy(&origin, c"unknown origin"),
        data,
        deleter: data_deleter,
        ..Record::default()
    });
    mts_status_t::MTS_SUCCESS
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Message and origin of the last error of this thread.
    pub fn last_error() -> (String, String) {
        RECORD.with(|record| {
            let record = record.borrow();
            let text = |string: &CString| string.to_string_lossy().into_owned();
            (text(&record.message), text(&record.origin))
        })
    }

    /// Run in a new thread, which has its own record.
    fn in_new_thread(test: impl FnOnce() + Send) {
        std::thread::scope(|scope| scope.spawn(test).join().expect("the test passed"));
    }

    fn set_from_callback(message: &str, data: *mut c_void, deleter: DataDeleter) {
        replace(Record {
            message: c_string(message),
            origin: c_string("test"),
            data,
            deleter,
            ..Record::default()
        });
    }

    #[test]
    fn initially_empty() {
        in_new_thread(|| assert_eq!(last_error(), (String::new(), String::new())));
    }

    #[test]
    fn nul_is_removed() {
        in_new_thread(|| {
            set("a\0b");
            assert_eq!(last_error(), ("ab".into(), "metatensor-core".into()));
        });
    }

    #[test]
    fn deleters_run_once_after_the_change() {
        unsafe extern "C" fn deleter(data: *mut c_void) {
            // the new record is already there, and a deleter can fail itself
            assert_eq!(last_error().0, "second");
            // SAFETY: the data is the counter below
            unsafe { *data.cast::<u32>() += 1 };
            set("from the deleter");
        }
        in_new_thread(|| {
            let mut count: u32 = 0;
            set_from_callback("first", (&raw mut count).cast(), Some(deleter));
            set("second");
            assert_eq!(count, 1);
            assert_eq!(last_error().0, "from the deleter");
            set("third");
            assert_eq!(count, 1);
        });
    }

    #[test]
    fn deleters_run_for_null_data() {
        thread_local!(static RAN: Cell<bool> = const { Cell::new(false) });
        unsafe extern "C" fn deleter(data: *mut c_void) {
            assert!(data.is_null());
            RAN.set(true);
        }
        in_new_thread(|| {
            set_from_callback("first", std::ptr::null_mut(), Some(deleter));
            set("second");
            assert!(RAN.get());
        });
    }

    #[test]
    fn callbacks() {
        in_new_thread(|| {
            assert!(call("shape", || mts_status_t::MTS_SUCCESS).is_ok());
            assert_eq!(last_error().0, "");

            let error = call("shape", || {
                set_from_callback("my message", std::ptr::null_mut(), None);
                mts_status_t(17)
            });
            assert!(matches!(error, Err(Error::Callback { function: "shape" })));
            let (message, origin) = last_error();
            assert_eq!(message, "callback error: `shape` failed: my message");
            assert_eq!(origin, "test");

            // the previous message must not be taken for the one of this callback
            assert!(call("copy", || mts_status_t(17)).is_err());
            let (message, origin) = last_error();
            assert_eq!(
                message,
                "callback error: `copy` failed: no message was provided (status 17)"
            );
            assert_eq!(origin, "metatensor-core");
        });
    }
}
