//! Looking keys up by something that is not the key type: the `equivalent` crate's trait with that
//! feature, one of the same shape without.

#[cfg(feature = "equivalent")]
pub use equivalent::Equivalent;

/// Key equivalence: what a lookup needs of the value it is given.
///
/// Implemented for all types that a key can be borrowed as. Your own implementation must agree with
/// the key's `Eq`, and the `Hash` of the implementing type with the key's `Hash`.
///
/// ```
/// use rosti::{Equivalent, HashMap};
/// use std::hash::{Hash, Hasher};
///
/// struct Parts<'a>(&'a str, &'a str);
///
/// impl Hash for Parts<'_> {
///     fn hash<H: Hasher>(&self, state: &mut H) {
///         (self.0.to_owned(), self.1.to_owned()).hash(state);
///     }
/// }
/// impl Equivalent<(String, String)> for Parts<'_> {
///     fn equivalent(&self, key: &(String, String)) -> bool {
///         self.0 == key.0 && self.1 == key.1
///     }
/// }
///
/// let map: HashMap<_, _> = HashMap::from([(("a".to_owned(), "b".to_owned()), 1)]);
/// assert_eq!(map.get(&Parts("a", "b")), Some(&1));
/// ```
#[cfg(not(feature = "equivalent"))]
pub trait Equivalent<K: ?Sized> {
    /// Whether this value is equivalent to the key.
    fn equivalent(&self, key: &K) -> bool;
}

#[cfg(not(feature = "equivalent"))]
impl<Q: Eq + ?Sized, K: core::borrow::Borrow<Q> + ?Sized> Equivalent<K> for Q {
    #[inline]
    fn equivalent(&self, key: &K) -> bool {
        self == key.borrow()
    }
}
