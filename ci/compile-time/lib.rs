//! Ten types of map in ordinary use: what `compile-time.sh` builds once against each crate.

use std::rc::Rc;

use NAME::HashMap;

/// A module that uses a map from `$key` to `$value`, written out once per pair of types as it would
/// be in a program.
macro_rules! uses {
    ($name:ident, $key:ty, $value:ty) => {
        pub mod $name {
            use super::*;

            pub type Map = HashMap<$key, $value>;

            pub fn build(pairs: &[($key, $value)]) -> Map {
                let mut map = Map::new();
                for (key, value) in pairs {
                    if !map.contains_key(key) {
                        map.insert(key.clone(), value.clone());
                    }
                }
                map
            }

            pub fn collect(pairs: Vec<($key, $value)>) -> Map {
                pairs.into_iter().collect()
            }

            pub fn merge(into: &mut Map, from: &Map, dropped: &[$key]) -> usize {
                into.extend(from.iter().map(|(key, value)| (key.clone(), value.clone())));
                dropped.iter().filter_map(|key| into.remove(key)).count()
            }

            pub fn keep(map: &mut Map, wanted: &Map) {
                map.retain(|key, _| wanted.get(key).is_some());
                for value in map.values_mut() {
                    *value = <$value>::default();
                }
            }

            pub fn update(map: &mut Map, key: $key, value: &$value) {
                map.entry(key).and_modify(|old| old.clone_from(value)).or_default();
            }

            pub fn pairs(map: &Map) -> Vec<($key, $value)> {
                map.clone().into_iter().collect()
            }
        }
    };
}

uses!(numbers, u64, u64);
uses!(bytes, u32, u8);
uses!(counts, String, u64);
uses!(dictionary, String, String);
uses!(keywords, &'static str, usize);
uses!(grid, (i32, i32), f64);
uses!(blobs, u64, Vec<u8>);
uses!(wide, u128, [u64; 4]);
uses!(letters, char, bool);
uses!(shared, Rc<str>, Option<Box<u32>>);
