//! Reading structured inputs from bytes. Everything becomes zero at their end.

use arbitrary::Unstructured;

/// The bytes of an input which were not used yet.
pub struct Bytes<'a>(Unstructured<'a>);

impl<'a> Bytes<'a> {
    pub fn new(data: &'a [u8]) -> Bytes<'a> {
        Bytes(Unstructured::new(data))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A number from 0 to `most`.
    pub fn up_to(&mut self, most: usize) -> usize {
        self.0.int_in_range(0..=most).unwrap_or(0)
    }

    pub fn flag(&mut self) -> bool {
        self.up_to(1) == 1
    }

    pub fn u8(&mut self) -> u8 {
        self.0.arbitrary().unwrap_or(0)
    }

    pub fn u16(&mut self) -> u16 {
        self.0.arbitrary().unwrap_or(0)
    }

    pub fn u32(&mut self) -> u32 {
        self.0.arbitrary().unwrap_or(0)
    }

    pub fn i32(&mut self) -> i32 {
        self.0.arbitrary().unwrap_or(0)
    }

    /// At most `most` bytes, whose number comes first.
    pub fn bytes(&mut self, most: usize) -> &'a [u8] {
        let count = self.up_to(most).min(self.0.len());
        self.0.bytes(count).unwrap_or_default()
    }

    /// Some of the numbers from 0 to `count - 1`, in any order.
    pub fn some_of(&mut self, count: usize) -> Vec<usize> {
        let mut left = (0..count).collect::<Vec<_>>();
        let chosen = self.up_to(count);
        (0..chosen)
            .map(|_| left.remove(self.up_to(left.len() - 1)))
            .collect()
    }

    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.up_to(choices.len() - 1)]
    }
}
