//! The wall between Rust and C: results become statuses, and panics stop here.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use metatensor_core::{Error, ErrorKind, Result};

use crate::error;
use crate::status::mts_status_t;

/// What functions of the C API return: a status or a pointer.
pub trait Returned {
    /// Value of a success.
    type Success;
    /// Result of a function which succeeded.
    fn success(value: Self::Success) -> Self;
    /// Result of a function which failed.
    fn failure(status: mts_status_t) -> Self;
}

impl Returned for mts_status_t {
    type Success = ();

    fn success((): ()) -> mts_status_t {
        mts_status_t::MTS_SUCCESS
    }

    fn failure(status: mts_status_t) -> mts_status_t {
        status
    }
}

impl<T> Returned for *const T {
    type Success = *const T;

    fn success(value: *const T) -> *const T {
        value
    }

    fn failure(_: mts_status_t) -> *const T {
        std::ptr::null()
    }
}

impl<T> Returned for *mut T {
    type Success = *mut T;

    fn success(value: *mut T) -> *mut T {
        value
    }

    fn failure(_: mts_status_t) -> *mut T {
        std::ptr::null_mut()
    }
}

/// Run the body of the C function called `function`. An error is stored in the
/// record of this thread; a panic as well, and never goes further.
pub fn guard<R: Returned>(function: &str, body: impl FnOnce() -> Result<R::Success>) -> R {
    let error = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(value)) => return R::success(value),
        Ok(Err(error)) => error,
        // blocks of lazy maps which can not be made
        Err(payload) => payload.downcast::<Error>().map_or_else(
            |payload| Error::Internal(format!("{function} panicked: {}", panic_message(&*payload))),
            |error| *error,
        ),
    };
    // the record of a callback which failed was set by the callback
    if error.kind() != ErrorKind::Callback {
        error::set_error(&error);
    }
    R::failure(error.kind().into())
}

fn panic_message(payload: &(dyn Any + Send)) -> &str {
    if let Some(message) = payload.downcast_ref::<&str>() {
        message
    } else if let Some(message) = payload.downcast_ref::<String>() {
        message
    } else {
        "no message"
    }
}

/// Disable printing of diagnostics on internal failures of the library. Can be
/// called any number of times, from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn mts_disable_panic_printing() {
    static DISABLED: Once = Once::new();
    // the message of a panic still ends up in the error record
    DISABLED.call_once(|| std::panic::set_hook(Box::new(|_| {})));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_become_internal_errors() {
        mts_disable_panic_printing();
        mts_disable_panic_printing();
        let status: mts_status_t = guard("mts_test", || panic!("expected {}", "here"));
        assert_eq!(status, mts_status_t::MTS_INTERNAL_ERROR);
        let message = error::tests::last_error().0;
        assert!(
            message.contains("mts_test panicked: expected here"),
            "{message}"
        );

        let pointer: *const u8 = guard("mts_test", || panic!("expected"));
        assert!(pointer.is_null());
        let pointer: *mut u8 = guard("mts_test", || std::panic::panic_any(3));
        assert!(pointer.is_null());
    }
}
