//! Names which this thread used not long ago.
//!
//! Programs give the same few names again and again: the ones which were already checked
//! and copied are shared, and then compared by their address.

use std::cell::RefCell;

use super::Names;
use crate::Result;

/// Number of names to remember, in places given by a few of their bytes.
const PLACES: usize = 64;

/// Longer lists, or longer names, are not remembered: the memory is never given back
/// while the thread lives.
const MAX_NAMES: usize = 8;
const MAX_LENGTH: usize = 64;

thread_local! {
    static RECENT: RefCell<[Option<Names>; PLACES]> =
        const { RefCell::new([const { None }; PLACES]) };
}

/// The names, if they are remembered; or new ones, which are remembered.
pub(super) fn find_or_make(
    names: &[impl AsRef<str>],
    make: impl FnOnce() -> Result<Names>,
) -> Result<Names> {
    let Some(place) = place(names) else {
        return make();
    };
    // there is no such list any more while the thread ends
    let known = RECENT.try_with(|recent| {
        let recent = recent.borrow();
        let known = recent[place].as_ref();
        known.filter(|known| is_same(known, names)).cloned()
    });
    if let Ok(Some(known)) = known {
        return Ok(known);
    }
    let made = make()?;
    let _ = RECENT.try_with(|recent| recent.borrow_mut()[place] = Some(made.clone()));
    Ok(made)
}

fn is_same(known: &Names, names: &[impl AsRef<str>]) -> bool {
    known.len() == names.len()
        && known
            .iter()
            .zip(names)
            .all(|(known, name)| known == name.as_ref())
}

/// Where to remember names, `None` for those which are not.
fn place(names: &[impl AsRef<str>]) -> Option<usize> {
    if names.len() > MAX_NAMES {
        return None;
    }
    let mut place = names.len();
    for name in names {
        let name = name.as_ref().as_bytes();
        let (first, last) = (name.first()?, name.last()?);
        if name.len() > MAX_LENGTH {
            return None;
        }
        place = place * 31 + usize::from(*first) + 3 * usize::from(*last) + 7 * name.len();
    }
    Some(place % PLACES)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn shared_while_remembered() {
        let names = |names: &[&str]| Names::new(names).expect("valid names");
        let first = names(&["a", "b"]);
        assert!(Arc::ptr_eq(&first.0, &names(&["a", "b"]).0));
        // other names in the same place
        let letters = || 'a'..='z';
        let pairs = letters().flat_map(|x| letters().map(move |y| format!("{x}{y}")));
        let same_place = pairs.filter(|name| place(&[name]) == place(&["a"]));
        let others = same_place.collect::<Vec<_>>();
        assert!(others.len() > 1);
        for other in &others {
            assert_eq!(names(&["a"])[..], ["a"]);
            assert_eq!(names(&[other])[0], *other);
        }
        assert_ne!(names(&["a"]), names(&["a", "b"]));
    }

    #[test]
    fn invalid_names_are_not_remembered() {
        for _ in 0..3 {
            assert!(Names::new(&["a", "a"]).is_err());
            assert!(Names::new(&[""]).is_err());
            assert!(Names::new(&["a b"]).is_err());
        }
    }

    #[test]
    fn long_names() {
        let long = "a".repeat(MAX_LENGTH + 1);
        assert_eq!(place(&[&long]), None);
        assert_eq!(Names::new(&[&long]).expect("valid")[0], long);
        let many = (0..=MAX_NAMES).map(|i| format!("a{i}")).collect::<Vec<_>>();
        assert_eq!(place(&many), None);
        assert_eq!(Names::new(&many).expect("valid").len(), many.len());
    }
}
