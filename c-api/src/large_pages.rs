//! The allocator of this library: the one of the system, with large pages.

use std::alloc::{GlobalAlloc, Layout, System};

/// Asks the system for large pages behind large pieces of memory: getting them is
/// several times faster than getting many small ones, and finding rows all over a
/// table takes less time.
struct LargePages;

#[global_allocator]
static ALLOCATOR: LargePages = LargePages;

/// Below this, there may not be a whole large page in there.
const MIN_SIZE: usize = 4 << 20;

// SAFETY: all memory comes from and goes to the system
unsafe impl GlobalAlloc for LargePages {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: same contract, here and below
        let pointer = unsafe { System.alloc(layout) };
        if layout.size() >= MIN_SIZE {
            advise(pointer, layout.size());
        }
        pointer
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: see above
        let pointer = unsafe { System.alloc_zeroed(layout) };
        if layout.size() >= MIN_SIZE {
            advise(pointer, layout.size());
        }
        pointer
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: see above
        unsafe { System.dealloc(pointer, layout) };
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: see above
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

/// Ask for large pages in this memory, if it is there.
#[cfg(all(target_os = "linux", not(miri)))]
#[cold]
fn advise(start: *mut u8, size: usize) {
    use std::ffi::{c_int, c_void};

    unsafe extern "C" {
        fn madvise(address: *mut c_void, length: usize, advice: c_int) -> c_int;
    }
    /// A multiple of the size of all pages which are not large.
    const PAGE: usize = 64 << 10;
    const MADV_HUGEPAGE: c_int = 14;

    if start.is_null() {
        return;
    }
    let skipped = start.addr().next_multiple_of(PAGE) - start.addr();
    // SAFETY: this is part of the allocation, and its content does not change. It is
    // only advice, which may fail
    unsafe {
        let start = start.add(skipped);
        madvise(start.cast(), (size - skipped) / PAGE * PAGE, MADV_HUGEPAGE);
    }
}

#[cfg(any(not(target_os = "linux"), miri))]
fn advise(_: *mut u8, _: usize) {}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg_attr(miri, ignore = "slow")]
    fn large_and_small() {
        for size in [0, 1, 1000, super::MIN_SIZE - 1, super::MIN_SIZE, 9_999_999] {
            let mut zeros = vec![0_u8; size];
            assert!(zeros.iter().all(|value| *value == 0));
            let ones = vec![1_u8; size];
            zeros.extend_from_slice(&ones);
            let expected = |i: usize| u8::from(i >= size);
            assert!(
                zeros
                    .iter()
                    .enumerate()
                    .all(|(i, value)| *value == expected(i))
            );
        }
    }
}
