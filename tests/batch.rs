//! Batches of lookups on every collection: the answers of single lookups, in order.

#![cfg(all(feature = "extendible", feature = "str"))]

mod support;

use rosti::{BytesMap, ExtendibleMap, ExtendibleSet, HashMap, HashSet, HashTable, StrMap, StrSet};
use support::{Rng, scaled};

/// Numbers of which about half are below `len`.
fn wanted(len: u64, count: u64) -> Vec<u64> {
    let mut rng = Rng::new(len);
    (0..count).map(|_| rng.next() % (2 * len + 1)).collect()
}

#[test]
fn maps_sets_and_tables() {
    // With 256 bytes an entry, the largest is beyond the cache.
    for len in [0, 5, 1000, scaled(150_000, 120_000, 1200)] {
        let map: HashMap<u64, [u64; 31]> = (0..len).map(|n| (n, [n; 31])).collect();
        let set: HashSet<u64> = (0..len).collect();
        let keys = wanted(len, scaled(10_000, 2000, 200));
        assert!(map.get_batch(&keys).eq(keys.iter().map(|key| map.get(key))));
        let pairs = map.get_key_value_batch(&keys);
        assert!(pairs.eq(keys.iter().map(|key| map.get_key_value(key))));
        assert!(map.contains_batch(&keys).eq(keys.iter().map(|key| map.contains_key(key))));
        assert!(set.get_batch(&keys).eq(keys.iter().map(|key| set.get(key))));
        assert!(set.contains_batch(&keys).eq(keys.iter().map(|key| set.contains(key))));

        let extendible: ExtendibleMap<u64, [u64; 31]> = (0..len).map(|n| (n, [n; 31])).collect();
        let extendible_set: ExtendibleSet<u64> = (0..len).collect();
        assert!(extendible.get_batch(&keys).eq(map.get_batch(&keys)));
        assert!(extendible.get_key_value_batch(&keys).eq(map.get_key_value_batch(&keys)));
        assert!(extendible.contains_batch(&keys).eq(map.contains_batch(&keys)));
        assert!(extendible_set.get_batch(&keys).eq(set.get_batch(&keys)));
        assert!(extendible_set.contains_batch(&keys).eq(set.contains_batch(&keys)));

        let hash = |n: &u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32);
        let mut table = HashTable::new();
        (0..len).for_each(|n| _ = table.insert_unique(hash(&n), n, hash));
        let found = table.find_batch(keys.iter().map(hash), |i, n| *n == keys[i]);
        assert!(found.eq(keys.iter().map(|&key| table.find(hash(&key), |&n| n == key))));
    }
}

#[test]
fn maps_that_own_their_keys() {
    for len in [0, 5, scaled(10_000, 2000, 300)] {
        // Short ones and long ones.
        let key = |n: u64| if n % 2 == 0 { format!("{n}") } else { format!("{n:0>60}") };
        let map: StrMap<u64> = (0..len).map(|n| (key(n), n)).collect();
        let set: StrSet = (0..len).map(key).collect();
        let bytes: BytesMap<u64> = (0..len).map(|n| (key(n), n)).collect();
        let keys: Vec<String> =
            wanted(len, scaled(10_000, 2000, 200)).into_iter().map(key).collect();
        let words = || keys.iter().map(String::as_str);
        assert!(map.get_batch(words()).eq(words().map(|key| map.get(key))));
        let pairs = map.get_key_value_batch(words());
        assert!(pairs.eq(words().map(|key| map.get_key_value(key))));
        assert!(map.contains_batch(words()).eq(words().map(|key| map.contains_key(key))));
        assert!(set.get_batch(words()).eq(words().map(|key| set.get(key))));
        assert!(set.contains_batch(words()).eq(words().map(|key| set.contains(key))));
        let values = bytes.get_batch(words().map(str::as_bytes));
        assert!(values.eq(words().map(|key| bytes.get(key.as_bytes()))));

        // By `next` and by `fold`.
        let mut pairs = map.get_key_value_batch(words());
        assert_eq!(pairs.len(), keys.len());
        let Some(first) = pairs.next() else { continue };
        assert_eq!((first, pairs.len()), (map.get_key_value(&keys[0]), keys.len() - 1));
        let all = [first].into_iter().chain(pairs.clone());
        assert!(all.eq(words().map(|key| map.get_key_value(key))));
        let sum = pairs.fold(0, |sum, pair| pair.map_or(sum, |(_, value)| sum + value));
        assert_eq!(sum, map.get_batch(words()).skip(1).flatten().sum::<u64>());
        assert!(format!("{:?}", set.get_batch(words())).starts_with("GetBatchSet { drawn: 0"));
    }
}

/// What is promised of the iterators beside their answers.
#[test]
fn batches_are_iterators_like_others() {
    let map: HashMap<u64, u64> = (0..100).map(|n| (n, n)).collect();
    let keys: Vec<u64> = (0..200).collect();
    let mut values = map.get_batch(&keys);
    assert_eq!(values.len(), 200);
    assert_eq!(values.nth(49), Some(Some(&49)));
    assert_eq!(values.len(), 150);
    let clone = values.clone();
    assert_eq!(format!("{:?}", map.get_batch(&keys)), "GetBatch { drawn: 0, .. }");
    let extendible: ExtendibleMap<u64, u64> = ExtendibleMap::from([(1, 10)]);
    let mut some = extendible.get_batch([&1, &2]);
    assert_eq!((some.len(), some.next(), some.len()), (2, Some(Some(&10)), 1));
    assert_eq!(format!("{:?}", some.clone()), "GetBatch { drawn: 0, .. }");
    assert!(values.by_ref().eq((50..200).map(|n| map.get(&n))));
    assert_eq!((values.next(), values.next(), values.size_hint()), (None, None, (0, Some(0))));
    assert_eq!(clone.flatten().sum::<u64>(), (50..100).sum());
    // Keys of any form that is equivalent, of any lifetime.
    let words: HashMap<String, u32> = HashMap::from([("one".to_owned(), 1)]);
    assert_eq!(words.get_batch("two one".split(' ')).collect::<Vec<_>>(), [None, Some(&1)]);
}
