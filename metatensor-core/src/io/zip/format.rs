//! Numbers of the ZIP format (PKWARE APPNOTE 6.3.10), and little-endian access.

/// Signature of the header in front of the data of an entry.
pub(super) const LOCAL_SIGNATURE: u32 = 0x0403_4b50;
/// Signature of the description of an entry in the central directory.
pub(super) const CENTRAL_SIGNATURE: u32 = 0x0201_4b50;
/// Signature of the record after the central directory.
pub(super) const END_SIGNATURE: u32 = 0x0605_4b50;
/// Signature of the 64-bit variant of the end record.
pub(super) const END64_SIGNATURE: u32 = 0x0606_4b50;
/// Signature of the record which locates the 64-bit end record.
pub(super) const LOCATOR64_SIGNATURE: u32 = 0x0706_4b50;

/// Sizes of the fixed parts of these records.
pub(super) const LOCAL_SIZE: usize = 30;
pub(super) const CENTRAL_SIZE: usize = 46;
pub(super) const END_SIZE: usize = 22;
pub(super) const END64_SIZE: usize = 56;
pub(super) const LOCATOR64_SIZE: usize = 20;

/// Identifier of the extra field with 64-bit sizes.
pub(super) const ZIP64_EXTRA: u16 = 0x0001;

/// Identifier of the extra field which says how the data is aligned, and pads it:
/// two bytes with the alignment, and zeros (as made by the zipalign tool of Android).
pub(super) const ALIGNMENT_EXTRA: u16 = 0xD935;
/// Position of the checksum in a local header.
pub(super) const LOCAL_CRC: u64 = 14;

/// Data is stored as it is.
pub(super) const METHOD_STORED: u16 = 0;
/// Data is compressed with DEFLATE.
pub(super) const METHOD_DEFLATE: u16 = 8;

/// The entry is encrypted.
pub(super) const FLAG_ENCRYPTED: u16 = 1;
/// The name of the entry is UTF-8.
pub(super) const FLAG_UTF8: u16 = 1 << 11;

/// Fields of a record, read one after the other. Reading past the end gives zeros:
/// callers check sizes once, before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        let count = N.min(self.0.len());
        bytes[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        bytes
    }

    pub(super) fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.take())
    }

    pub(super) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    pub(super) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.0 = self.0.get(count..).unwrap_or_default();
    }
}
