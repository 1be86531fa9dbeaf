//! ZIP archives, as far as `.mts` files need them.

mod directory;
mod format;
mod reader;
mod writer;

pub(super) use self::reader::Archive;
pub(super) use self::writer::ArchiveWriter;
