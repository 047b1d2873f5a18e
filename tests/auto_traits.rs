//! What types promise by what they consist of, checked by compiling: `Send`, `Sync`, `UnwindSafe`,
//! `RefUnwindSafe` and `Unpin` of every public type, for all contents of which it should hold;
//! variance; what is usable in constants. (What must not compile is in `must_not_compile.md`.)

#![cfg(feature = "batch")]
// All of this is compiled and not called. (Rust 1.85 overlooks types that only constants use.)
#![allow(dead_code)]

mod elements;

use std::cell::Cell;
use std::collections;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard};

use rosti::internals::{Allocator, Global};
use rosti::{
    DefaultHashBuilder, HashMap, HashSet, HashTable, IntHashBuilder, IntHasher, Rejected,
    TryReserveError,
};
use rosti::{hash_map as map, hash_set as set, hash_table as table};

/// Asserts that types implement a trait, whatever their parameters are: keys `K` and values `V`
/// or elements `T`, hashers `S`, allocators `A`, borrowed keys `Q`, closures `F`.
macro_rules! holds {
    ($bound:ident where [$($conditions:tt)*]: $($type:ty,)*) => {
        const _: () = {
            fn holds<T: $bound>() {}
            #[allow(clippy::extra_unused_type_parameters)]
            fn for_all<K, V, T, S, A, Q, F>()
            where
                A: Allocator,
                Q: ?Sized,
                $($conditions)*
            {
                $(holds::<$type>();)*
            }
        };
    };
}

/// Asserts that types do not implement a trait.
macro_rules! fails {
    ($bound:path: $($type:ty,)*) => {
        $(assert_not_impl!($type: $bound);)*
    };
}

/// Neither may be sent nor shared.
macro_rules! neither {
    ($($type:ty,)*) => {
        fails! { Send: $($type,)* }
        fails! { Sync: $($type,)* }
    };
}

// Owners, and exclusive borrows: as what is in them.
holds! { Send where [K: Send, V: Send, T: Send, S: Send, A: Send, Q: Sync, F: Send]:
    HashMap<K, V, S, A>, map::IntoIter<K, V, A>, map::IntoKeys<K, V, A>, map::IntoValues<K, V, A>,
    map::IterMut<'_, K, V>, map::ValuesMut<'_, K, V>, map::Drain<'_, K, V, A>,
    map::ExtractIf<'_, K, V, F, A>, map::Entry<'_, K, V, S, A>, map::OccupiedEntry<'_, K, V, S, A>,
    map::VacantEntry<'_, K, V, S, A>, map::EntryRef<'_, '_, K, Q, V, S, A>,
    map::VacantEntryRef<'_, '_, K, Q, V, S, A>, map::OccupiedError<'_, K, V, S, A>,
    IntHashBuilder, IntHasher,
    HashSet<T, S, A>, set::IntoIter<T, A>, set::Drain<'_, T, A>, set::ExtractIf<'_, T, F, A>,
    set::Entry<'_, T, S, A>, set::OccupiedEntry<'_, T, S, A>, set::VacantEntry<'_, T, S, A>,
    HashTable<T, A>, table::IntoIter<T, A>, table::IterMut<'_, T>, table::UnsafeIter<'_, T>,
    table::IterHashMut<'_, T>, table::Drain<'_, T, A>, table::ExtractIf<'_, T, F, A>,
    table::Entry<'_, T, A>, table::OccupiedEntry<'_, T, A>, table::VacantEntry<'_, T, A>,
    table::AbsentEntry<'_, T, A>,
    TryReserveError, Rejected<T>, DefaultHashBuilder,
}

// Shared borrows: as shared references to what is in them.
holds! { Send where [K: Sync, V: Sync, T: Sync, S: Sync, A: Sync]:
    map::Iter<'_, K, V>, map::Keys<'_, K, V>, map::Values<'_, K, V>,
    set::Iter<'_, T>, set::Union<'_, T, S, A>, set::Intersection<'_, T, S, A>,
    set::Difference<'_, T, S, A>, set::SymmetricDifference<'_, T, S, A>,
    table::Iter<'_, T>, table::IterBuckets<'_, T>, table::IterHash<'_, T>,
    table::IterHashBuckets<'_, T>,
}

holds! { Sync where [K: Sync, V: Sync, T: Sync, S: Sync, A: Sync, Q: Sync, F: Sync]:
    HashMap<K, V, S, A>, map::IntoIter<K, V, A>, map::IntoKeys<K, V, A>, map::IntoValues<K, V, A>,
    map::Iter<'_, K, V>, map::Keys<'_, K, V>, map::Values<'_, K, V>,
    map::IterMut<'_, K, V>, map::ValuesMut<'_, K, V>, map::Drain<'_, K, V, A>,
    map::ExtractIf<'_, K, V, F, A>, map::Entry<'_, K, V, S, A>, map::OccupiedEntry<'_, K, V, S, A>,
    map::VacantEntry<'_, K, V, S, A>, map::EntryRef<'_, '_, K, Q, V, S, A>,
    map::VacantEntryRef<'_, '_, K, Q, V, S, A>, map::OccupiedError<'_, K, V, S, A>,
    IntHashBuilder, IntHasher,
    HashSet<T, S, A>, set::IntoIter<T, A>, set::Iter<'_, T>, set::Drain<'_, T, A>,
    set::ExtractIf<'_, T, F, A>, set::Union<'_, T, S, A>, set::Intersection<'_, T, S, A>,
    set::Difference<'_, T, S, A>, set::SymmetricDifference<'_, T, S, A>,
    set::Entry<'_, T, S, A>, set::OccupiedEntry<'_, T, S, A>, set::VacantEntry<'_, T, S, A>,
    HashTable<T, A>, table::IntoIter<T, A>, table::Iter<'_, T>, table::IterMut<'_, T>,
    table::UnsafeIter<'_, T>, table::IterBuckets<'_, T>, table::IterHash<'_, T>,
    table::IterHashMut<'_, T>, table::IterHashBuckets<'_, T>, table::Drain<'_, T, A>,
    table::ExtractIf<'_, T, F, A>, table::Entry<'_, T, A>, table::OccupiedEntry<'_, T, A>,
    table::VacantEntry<'_, T, A>, table::AbsentEntry<'_, T, A>,
    TryReserveError, Rejected<T>, DefaultHashBuilder,
}

// As in std, with std's map to compare.
holds! { UnwindSafe where
    [K: UnwindSafe, V: UnwindSafe, T: UnwindSafe, S: UnwindSafe, A: UnwindSafe, Q: UnwindSafe]:
    collections::HashMap<K, V, S>, collections::HashSet<T, S>,
    HashMap<K, V, S, A>, map::IntoIter<K, V, A>, map::IntoKeys<K, V, A>, map::IntoValues<K, V, A>,
    HashSet<T, S, A>, set::IntoIter<T, A>, HashTable<T, A>, table::IntoIter<T, A>,
    IntHashBuilder,
    TryReserveError, Rejected<T>, DefaultHashBuilder,
}
holds! { UnwindSafe where
    [K: RefUnwindSafe, V: RefUnwindSafe, T: RefUnwindSafe, S: RefUnwindSafe, A: RefUnwindSafe]:
    collections::hash_map::Iter<'_, K, V>, collections::hash_map::Drain<'_, K, V>,
    map::Iter<'_, K, V>, map::Keys<'_, K, V>, map::Values<'_, K, V>, map::Drain<'_, K, V, A>,
    set::Iter<'_, T>, set::Drain<'_, T, A>, set::Union<'_, T, S, A>,
    set::Intersection<'_, T, S, A>, set::Difference<'_, T, S, A>,
    set::SymmetricDifference<'_, T, S, A>,
    table::Iter<'_, T>, table::UnsafeIter<'_, T>, table::IterBuckets<'_, T>,
    table::IterHash<'_, T>, table::IterHashBuckets<'_, T>, table::Drain<'_, T, A>,
}
holds! { RefUnwindSafe where
    [K: RefUnwindSafe, V: RefUnwindSafe, T: RefUnwindSafe, S: RefUnwindSafe, A: RefUnwindSafe,
    Q: RefUnwindSafe, F: RefUnwindSafe]:
    collections::HashMap<K, V, S>,
    HashMap<K, V, S, A>, map::IntoIter<K, V, A>, map::Iter<'_, K, V>, map::IterMut<'_, K, V>,
    map::ExtractIf<'_, K, V, F, A>, map::Drain<'_, K, V, A>, map::Entry<'_, K, V, S, A>,
    map::EntryRef<'_, '_, K, Q, V, S, A>, map::OccupiedError<'_, K, V, S, A>,
    HashSet<T, S, A>, set::IntoIter<T, A>, set::Iter<'_, T>, set::Union<'_, T, S, A>,
    set::Entry<'_, T, S, A>,
    HashTable<T, A>, table::IntoIter<T, A>, table::IterMut<'_, T>, table::IterHashMut<'_, T>,
    table::Drain<'_, T, A>, table::Entry<'_, T, A>,
}

holds! { Unpin where [K: Unpin, V: Unpin, T: Unpin, S: Unpin, A: Unpin]:
    HashMap<K, V, S, A>, map::IntoIter<K, V, A>, map::Entry<'_, K, V, S, A>,
    HashSet<T, S, A>, set::IntoIter<T, A>, HashTable<T, A>, table::IntoIter<T, A>,
}
// Borrows may be moved whatever they are of.
holds! { Unpin where []:
    map::Iter<'_, K, V>, map::IterMut<'_, K, V>, map::Drain<'_, K, V, A>,
    map::OccupiedEntry<'_, K, V, S, A>, set::Iter<'_, T>, set::Union<'_, T, S, A>,
    table::Iter<'_, T>, table::IterMut<'_, T>, table::IterHash<'_, T>, table::IterHashMut<'_, T>,
    table::UnsafeIter<'_, T>, table::Drain<'_, T, A>, table::Entry<'_, T, A>,
}

#[cfg(feature = "raw-entry")]
holds! { Send where [K: Send, V: Send, S: Send, A: Send]:
    map::RawEntryBuilderMut<'_, K, V, S, A>, map::RawEntryMut<'_, K, V, S, A>,
    map::RawOccupiedEntryMut<'_, K, V, S, A>, map::RawVacantEntryMut<'_, K, V, S, A>,
}
#[cfg(feature = "raw-entry")]
holds! { Send where [K: Sync, V: Sync, S: Sync, A: Sync]: map::RawEntryBuilder<'_, K, V, S, A>, }

// Batches: as shared references to the collection, and as their keys.
macro_rules! batches {
    ($($bound:ident where [$($conditions:tt)*];)*) => {$(
        holds! { $bound where [$($conditions)*]:
            map::GetBatch<'_, K, V, S, std::slice::Iter<'_, T>, A>,
            map::GetKeyValueBatch<'_, K, V, S, std::slice::Iter<'_, T>, A>,
            map::ContainsBatch<'_, K, V, S, std::slice::Iter<'_, T>, A>,
            set::GetBatch<'_, K, S, std::slice::Iter<'_, T>, A>,
            set::ContainsBatch<'_, K, S, std::slice::Iter<'_, T>, A>,
            table::FindBatch<'_, T, std::ops::Range<u64>, F, A>,
        }
        #[cfg(feature = "str")]
        holds! { $bound where [$($conditions)*]:
            rosti::str_map::GetBatch<'_, '_, str, V, std::slice::Iter<'_, T>, A>,
            rosti::str_map::GetKeyValueBatch<'_, '_, str, V, std::slice::Iter<'_, T>, A>,
            rosti::str_map::ContainsBatch<'_, '_, str, V, std::slice::Iter<'_, T>, A>,
            rosti::str_map::GetBatchSet<'_, '_, str, std::slice::Iter<'_, T>, A>,
        }
    )*};
}
batches! {
    Send where [K: Sync, V: Sync, T: Sync, S: Sync, A: Sync, F: Send];
    Sync where [K: Sync, V: Sync, T: Sync, S: Sync, A: Sync, F: Sync];
    UnwindSafe where [
        K: RefUnwindSafe, V: RefUnwindSafe, T: RefUnwindSafe, S: RefUnwindSafe, A: RefUnwindSafe,
        F: UnwindSafe
    ];
    Unpin where [F: Unpin];
}
type Of<T> = std::slice::Iter<'static, T>;
neither! {
    map::GetBatch<'static, OneAtATime, u64, (), Of<u64>>,
    map::GetBatch<'static, u64, OneAtATime, (), Of<u64>>,
    map::GetBatch<'static, u64, u64, OneAtATime, Of<u64>>,
    map::GetBatch<'static, u64, u64, (), Of<OneAtATime>>,
    map::GetKeyValueBatch<'static, u64, OneAtATime, (), Of<u64>>,
    map::ContainsBatch<'static, u64, OneAtATime, (), Of<u64>>,
    set::GetBatch<'static, OneAtATime, (), Of<u64>>,
    set::ContainsBatch<'static, OneAtATime, (), Of<u64>>,
    table::FindBatch<'static, OneAtATime, std::ops::Range<u64>, fn()>,
}
fails! { Send: table::FindBatch<'static, u64, std::ops::Range<u64>, Local>, }
fails! { Sync: table::FindBatch<'static, u64, std::ops::Range<u64>, OneAtATime>, }
#[cfg(feature = "str")]
neither! {
    rosti::str_map::GetBatch<'static, 'static, str, OneAtATime, Of<&'static str>>,
    rosti::str_map::GetKeyValueBatch<'static, 'static, str, OneAtATime, Of<&'static str>>,
    rosti::str_map::ContainsBatch<'static, 'static, str, OneAtATime, Of<&'static str>>,
    rosti::str_map::GetBatchSet<'static, 'static, str, Of<OneAtATime>>,
}

// A walk needs no more of its contents than that they are there: in particular not `'static`, even
// when it is asked for with every lifetime.
const _: () = {
    fn walks<K, V>()
    where
        for<'a> map::Iter<'a, K, V>: Iterator,
        for<'a> map::IterMut<'a, K, V>: Iterator,
        for<'a> map::Keys<'a, K, V>: ExactSizeIterator,
        for<'a> map::Values<'a, K, V>: ExactSizeIterator,
        for<'a> map::ValuesMut<'a, K, V>: ExactSizeIterator,
        for<'a> set::Iter<'a, K>: ExactSizeIterator,
        for<'a> table::Iter<'a, K>: ExactSizeIterator,
    {
    }
    fn for_all<K, V>() {
        walks::<K, V>();
    }
};

/// Neither `Send` nor `Sync`.
type Local = Rc<u64>;
/// `Send` but not `Sync`, `UnwindSafe` but not `RefUnwindSafe`.
type OneAtATime = Cell<u64>;
/// `Sync` but not `Send`.
type Guard = MutexGuard<'static, u64>;
/// Not `UnwindSafe`, but `RefUnwindSafe`.
type Exclusive = &'static mut u64;
type Pick<T> = fn(&mut T) -> bool;
type PickPair<T> = fn(&u64, &mut T) -> bool;

fails! { Send:
    HashMap<Local, u64>, HashMap<u64, Local>, HashMap<u64, u64, Local>, HashMap<Guard, u64>,
    HashSet<Local>, HashSet<u64, Local>, HashTable<Local>, HashTable<Guard>,
    map::IntoIter<Local, u64>, map::IntoIter<u64, Local>, map::IntoKeys<u64, Local>,
    map::IntoValues<Local, u64>, map::IterMut<'static, Local, u64>, map::IterMut<'static, u64, Guard>,
    map::ValuesMut<'static, Local, u64>, map::Drain<'static, u64, Local>,
    map::ExtractIf<'static, u64, Local, PickPair<Local>>, map::ExtractIf<'static, u64, u64, Local>,
    map::Entry<'static, Local, u64, ()>, map::OccupiedEntry<'static, u64, Local, ()>,
    map::VacantEntry<'static, u64, u64, Local>, map::OccupiedError<'static, u64, Local, ()>,
    map::EntryRef<'static, 'static, u64, OneAtATime, u64, ()>,
    map::VacantEntryRef<'static, 'static, u64, OneAtATime, u64, ()>,
    map::Iter<'static, OneAtATime, u64>, map::Keys<'static, u64, OneAtATime>,
    map::Values<'static, OneAtATime, u64>,
    set::Iter<'static, OneAtATime>, set::IntoIter<Local>, set::Drain<'static, Local>,
    set::ExtractIf<'static, u64, Local>, set::Union<'static, OneAtATime, ()>,
    set::Intersection<'static, OneAtATime, ()>, set::Difference<'static, OneAtATime, ()>,
    set::SymmetricDifference<'static, OneAtATime, ()>, set::Union<'static, u64, OneAtATime>,
    set::Entry<'static, Local, ()>, set::OccupiedEntry<'static, Local, ()>,
    set::VacantEntry<'static, Local, ()>,
    table::IntoIter<Local>, table::Iter<'static, OneAtATime>, table::IterHash<'static, OneAtATime>,
    table::IterBuckets<'static, OneAtATime>, table::IterHashBuckets<'static, OneAtATime>,
    table::IterMut<'static, Guard>, table::IterHashMut<'static, Guard>,
    table::UnsafeIter<'static, Guard>, table::Drain<'static, Local>,
    table::ExtractIf<'static, Local, Pick<Local>>, table::Entry<'static, Local>,
    table::OccupiedEntry<'static, Local>, table::VacantEntry<'static, Local>,
    table::AbsentEntry<'static, Local>,
    map::IntoIter<Guard, u64>, map::IntoKeys<Local, u64>, map::IntoValues<u64, Local>,
    map::IterMut<'static, Guard, u64>, map::IterMut<'static, u64, Local>,
    map::ValuesMut<'static, u64, Guard>, map::Drain<'static, Local, u64>,
    map::Drain<'static, u64, Guard>, map::ExtractIf<'static, Local, u64, fn()>,
    map::Entry<'static, u64, Guard, ()>, map::Entry<'static, u64, u64, Local>,
    map::OccupiedEntry<'static, u64, Guard, ()>, map::OccupiedEntry<'static, u64, u64, Local>,
    map::VacantEntry<'static, Local, u64, ()>, map::VacantEntry<'static, u64, Guard, ()>,
    map::VacantEntryRef<'static, 'static, u64, u64, Local, ()>,
    map::Iter<'static, u64, OneAtATime>, map::Iter<'static, Local, u64>,
    map::Keys<'static, OneAtATime, u64>, map::Values<'static, u64, OneAtATime>,
    set::IntoIter<Guard>, set::Drain<'static, Guard>, set::ExtractIf<'static, Local, fn()>,
    set::Intersection<'static, u64, OneAtATime>, set::Difference<'static, u64, OneAtATime>,
    set::SymmetricDifference<'static, u64, OneAtATime>, set::Entry<'static, u64, Local>,
    set::OccupiedEntry<'static, u64, Local>, set::VacantEntry<'static, u64, Local>,
    table::IterMut<'static, Local>, table::IterHashMut<'static, Local>,
    table::UnsafeIter<'static, Local>, table::Drain<'static, Guard>,
    table::ExtractIf<'static, u64, Local>, table::Entry<'static, Guard>,
    table::OccupiedEntry<'static, Guard>, table::VacantEntry<'static, Guard>,
    table::AbsentEntry<'static, Guard>,
    Rejected<Local>,
}
fails! { Sync:
    HashMap<OneAtATime, u64>, HashMap<u64, OneAtATime>, HashMap<u64, u64, OneAtATime>,
    HashSet<OneAtATime>, HashTable<OneAtATime>,
    map::IntoIter<u64, OneAtATime>, map::Iter<'static, u64, OneAtATime>,
    map::IterMut<'static, OneAtATime, u64>, map::ValuesMut<'static, u64, OneAtATime>,
    map::Drain<'static, u64, OneAtATime>, map::Entry<'static, u64, OneAtATime, ()>,
    map::OccupiedError<'static, u64, OneAtATime, ()>,
    set::Iter<'static, OneAtATime>, set::Drain<'static, OneAtATime>,
    table::Iter<'static, OneAtATime>, table::IterMut<'static, OneAtATime>,
    table::IterHash<'static, OneAtATime>, table::IterHashMut<'static, OneAtATime>,
    table::UnsafeIter<'static, OneAtATime>, table::IntoIter<OneAtATime>,
    table::Drain<'static, OneAtATime>, table::Entry<'static, OneAtATime>,
    map::IntoIter<OneAtATime, u64>, map::IntoKeys<OneAtATime, u64>,
    map::IntoValues<u64, OneAtATime>, map::Iter<'static, OneAtATime, u64>,
    map::Keys<'static, OneAtATime, u64>, map::Values<'static, u64, OneAtATime>,
    map::IterMut<'static, u64, OneAtATime>, map::ValuesMut<'static, OneAtATime, u64>,
    map::Drain<'static, OneAtATime, u64>, map::ExtractIf<'static, u64, OneAtATime, fn()>,
    map::ExtractIf<'static, u64, u64, OneAtATime>, map::Entry<'static, OneAtATime, u64, ()>,
    map::Entry<'static, u64, u64, OneAtATime>, map::OccupiedEntry<'static, OneAtATime, u64, ()>,
    map::OccupiedEntry<'static, u64, OneAtATime, ()>, map::VacantEntry<'static, OneAtATime, u64, ()>,
    map::VacantEntry<'static, u64, OneAtATime, ()>,
    map::EntryRef<'static, 'static, u64, OneAtATime, u64, ()>,
    map::EntryRef<'static, 'static, u64, u64, OneAtATime, ()>,
    map::VacantEntryRef<'static, 'static, u64, OneAtATime, u64, ()>,
    map::VacantEntryRef<'static, 'static, u64, u64, OneAtATime, ()>,
    set::IntoIter<OneAtATime>, set::ExtractIf<'static, OneAtATime, fn()>,
    set::Union<'static, OneAtATime, ()>, set::Intersection<'static, OneAtATime, ()>,
    set::Difference<'static, OneAtATime, ()>, set::SymmetricDifference<'static, OneAtATime, ()>,
    set::Entry<'static, OneAtATime, ()>, set::OccupiedEntry<'static, OneAtATime, ()>,
    set::VacantEntry<'static, OneAtATime, ()>,
    table::IterBuckets<'static, OneAtATime>, table::IterHashBuckets<'static, OneAtATime>,
    table::ExtractIf<'static, OneAtATime, fn()>, table::OccupiedEntry<'static, OneAtATime>,
    table::VacantEntry<'static, OneAtATime>, table::AbsentEntry<'static, OneAtATime>,
    Rejected<OneAtATime>,
}
#[cfg(feature = "raw-entry")]
fails! { Send:
    map::RawEntryBuilderMut<'static, u64, Guard, ()>, map::RawEntryMut<'static, Local, u64, ()>,
    map::RawOccupiedEntryMut<'static, u64, Guard, ()>,
    map::RawVacantEntryMut<'static, u64, u64, Local>,
    map::RawEntryBuilder<'static, u64, OneAtATime, ()>,
}
#[cfg(feature = "raw-entry")]
fails! { Sync:
    map::RawEntryBuilderMut<'static, u64, OneAtATime, ()>,
    map::RawEntryMut<'static, OneAtATime, u64, ()>,
    map::RawOccupiedEntryMut<'static, u64, OneAtATime, ()>,
    map::RawVacantEntryMut<'static, u64, u64, OneAtATime>,
    map::RawEntryBuilder<'static, u64, OneAtATime, ()>,
}
fails! { UnwindSafe:
    collections::HashMap<Exclusive, u64>, collections::hash_map::IterMut<'static, u64, u64>,
    HashMap<Exclusive, u64>, HashMap<u64, Exclusive>, HashMap<u64, u64, Exclusive>,
    HashSet<Exclusive>, HashTable<Exclusive>, map::IntoIter<u64, Exclusive>,
    map::Iter<'static, OneAtATime, u64>, map::Drain<'static, OneAtATime, u64>,
    map::IterMut<'static, u64, u64>, map::ValuesMut<'static, u64, u64>,
    map::ExtractIf<'static, u64, u64, PickPair<u64>>, map::Entry<'static, u64, u64, ()>,
    set::Iter<'static, OneAtATime>, set::Entry<'static, u64, ()>,
    table::Iter<'static, OneAtATime>, table::IterMut<'static, u64>,
    table::IterHashMut<'static, u64>, table::Entry<'static, u64>,
    table::AbsentEntry<'static, u64>,
}
fails! { RefUnwindSafe:
    HashMap<OneAtATime, u64>, HashMap<u64, OneAtATime>, HashSet<OneAtATime>, HashTable<OneAtATime>,
    map::IntoIter<u64, OneAtATime>, table::Drain<'static, OneAtATime>,
}
fails! { Clone:
    map::IterMut<'static, u64, u64>, map::ValuesMut<'static, u64, u64>, map::Drain<'static, u64, u64>,
    map::IntoIter<u64, u64>, table::IterMut<'static, u64>, table::IterHashMut<'static, u64>,
    table::UnsafeIter<'static, u64>,
}

/// Asserts that what has a longer lifetime will do where one with a shorter is asked for, in place
/// of each `'a`.
macro_rules! covariant {
    ($($type:ty,)*) => {$(
        const _: () = {
            type Of<'a> = $type;
            fn shorten<'short, 'long: 'short>(long: Of<'long>) -> Of<'short> {
                long
            }
        };
    )*};
}

covariant! {
    HashMap<&'a str, &'a str, &'a ()>, HashSet<&'a str, &'a ()>, HashTable<&'a str>,
    map::IntoIter<&'a str, &'a str>, map::IntoKeys<&'a str, &'a str>,
    map::IntoValues<&'a str, &'a str>, map::Iter<'a, &'a str, &'a str>,
    map::Keys<'a, &'a str, &'a str>, map::Values<'a, &'a str, &'a str>,
    map::Drain<'a, &'a str, &'a str>,
    // Keys cannot be overwritten through these.
    map::IterMut<'a, &'a str, u64>, map::ValuesMut<'a, &'a str, u64>,
    set::IntoIter<&'a str>, set::Iter<'a, &'a str>, set::Drain<'a, &'a str>,
    set::Union<'a, &'a str, &'a ()>, set::Intersection<'a, &'a str, &'a ()>,
    set::Difference<'a, &'a str, &'a ()>, set::SymmetricDifference<'a, &'a str, &'a ()>,
    table::IntoIter<&'a str>, table::Iter<'a, &'a str>, table::IterHash<'a, &'a str>,
    table::IterBuckets<'a, &'a str>, table::IterHashBuckets<'a, &'a str>,
    table::Drain<'a, &'a str>, table::UnsafeIter<'a, &'a str>,
}

#[cfg(feature = "allocator-api2")]
covariant! {
    HashMap<u64, u64, (), &'a Global>, HashSet<u64, (), &'a Global>, HashTable<u64, &'a Global>,
    map::IntoIter<u64, u64, &'a Global>, map::Drain<'a, u64, u64, &'a Global>,
    table::IntoIter<u64, &'a Global>, table::Drain<'a, u64, &'a Global>,
}

/// Maps that own their keys, which are `Send` and `Sync` always.
#[cfg(feature = "str")]
mod owned_keys {
    use super::*;
    use rosti::str_map::*;

    holds! { Send where [V: Send, A: Send, F: Send]:
        SliceMap<str, V, A>, SliceSet<[u8], A>, IntoIter<str, V, A>, IntoKeys<str, V, A>,
        IntoValues<str, V, A>, IterMut<'_, str, V>, ValuesMut<'_, str, V>, Drain<'_, str, V, A>,
        DrainSet<'_, str, A>, ExtractIf<'_, str, V, F, A>, Entry<'_, '_, str, V, A>,
        OccupiedEntry<'_, str, V, A>, VacantEntry<'_, '_, str, V, A>,
    }
    holds! { Send where [V: Sync]: Iter<'_, str, V>, Keys<'_, str, V>, Values<'_, str, V>, }
    holds! { Sync where [V: Sync, A: Sync, F: Sync]:
        SliceMap<str, V, A>, SliceSet<[u8], A>, IntoIter<str, V, A>, Iter<'_, str, V>,
        IterMut<'_, str, V>, Drain<'_, str, V, A>, ExtractIf<'_, str, V, F, A>,
        Entry<'_, '_, str, V, A>,
    }
    holds! { UnwindSafe where [V: UnwindSafe, A: UnwindSafe]:
        SliceMap<str, V, A>, SliceSet<[u8], A>, IntoIter<str, V, A>,
    }
    fails! { Send:
        SliceMap<str, Local>, IntoIter<str, Local>, IntoValues<str, Local>,
        IterMut<'static, str, Guard>, Iter<'static, str, OneAtATime>, Drain<'static, str, Local>,
        ExtractIf<'static, str, u64, Local>, Entry<'static, 'static, str, Local>,
        VacantEntry<'static, 'static, str, Local>, IntoKeys<str, Local>, IntoIter<str, Guard>,
        ValuesMut<'static, str, Guard>, Keys<'static, str, OneAtATime>,
        Values<'static, str, OneAtATime>, OccupiedEntry<'static, str, Guard>,
        ExtractIf<'static, str, Local, fn()>, RejectedValue<Local>,
    }
    fails! { Sync:
        SliceMap<str, OneAtATime>, IntoIter<str, OneAtATime>, Iter<'static, str, OneAtATime>,
        IterMut<'static, str, OneAtATime>, Drain<'static, str, OneAtATime>,
        IntoKeys<str, OneAtATime>, IntoValues<str, OneAtATime>, Keys<'static, str, OneAtATime>,
        Values<'static, str, OneAtATime>, ValuesMut<'static, str, OneAtATime>,
        ExtractIf<'static, str, OneAtATime, fn()>, ExtractIf<'static, str, u64, OneAtATime>,
        Entry<'static, 'static, str, OneAtATime>, OccupiedEntry<'static, str, OneAtATime>,
        VacantEntry<'static, 'static, str, OneAtATime>, RejectedValue<OneAtATime>,
    }
    fails! { Clone: IterMut<'static, str, u64>, ValuesMut<'static, str, u64>, }
    covariant! {
        SliceMap<str, &'a str>, IntoIter<str, &'a str>, Iter<'a, str, &'a str>,
        IterMut<'a, str, u64>, Drain<'a, str, &'a str>,
    }
}

/// Tables of tables: as the maps and sets that are one table, and their iterators name the allocator.
#[cfg(feature = "extendible")]
mod extendible {
    use super::*;
    use rosti::{ExtendibleMap, ExtendibleSet, extendible_map as map, extendible_set as set};
    use std::slice;

    holds! { Send where [K: Send, V: Send, T: Send, S: Send, A: Send + Clone, Q: Sync, F: Send]:
        ExtendibleMap<K, V, S, A>, map::IntoIter<K, V, A>, map::IntoKeys<K, V, A>,
        map::IntoValues<K, V, A>, map::IterMut<'_, K, V, A>, map::ValuesMut<'_, K, V, A>,
        map::Drain<'_, K, V, A>, map::ExtractIf<'_, K, V, F, A>,
        map::Entry<'_, K, V, S, A>, map::OccupiedEntry<'_, K, V, S, A>,
        map::VacantEntry<'_, K, V, S, A>, map::EntryRef<'_, '_, K, Q, V, S, A>,
        map::VacantEntryRef<'_, '_, K, Q, V, S, A>, map::OccupiedError<'_, K, V, S, A>,
        ExtendibleSet<T, S, A>, set::IntoIter<T, A>, set::Drain<'_, T, A>,
        set::ExtractIf<'_, T, F, A>,
    }
    holds! { Send where [K: Sync, V: Sync, T: Sync, S: Sync, A: Sync, Q: Sync]:
        map::Iter<'_, K, V, A>, map::Keys<'_, K, V, A>, map::Values<'_, K, V, A>,
        set::Iter<'_, T, A>,
        map::GetBatch<'_, K, V, S, slice::Iter<'_, u64>, A>,
        map::GetKeyValueBatch<'_, K, V, S, slice::Iter<'_, u64>, A>,
        map::ContainsBatch<'_, K, V, S, slice::Iter<'_, u64>, A>,
        set::GetBatch<'_, T, S, slice::Iter<'_, u64>, A>,
        set::ContainsBatch<'_, T, S, slice::Iter<'_, u64>, A>,
    }
    holds! { Sync where [K: Sync, V: Sync, T: Sync, S: Sync, A: Sync + Clone, Q: Sync, F: Sync]:
        ExtendibleMap<K, V, S, A>, map::IntoIter<K, V, A>, map::Iter<'_, K, V, A>,
        map::IterMut<'_, K, V, A>, map::ValuesMut<'_, K, V, A>, map::Drain<'_, K, V, A>,
        map::ExtractIf<'_, K, V, F, A>, map::Entry<'_, K, V, S, A>,
        map::EntryRef<'_, '_, K, Q, V, S, A>, map::OccupiedError<'_, K, V, S, A>,
        ExtendibleSet<T, S, A>, set::IntoIter<T, A>, set::Iter<'_, T, A>, set::Drain<'_, T, A>,
        set::ExtractIf<'_, T, F, A>,
    }
    holds! { UnwindSafe where
        [K: UnwindSafe, V: UnwindSafe, T: UnwindSafe, S: UnwindSafe, A: UnwindSafe + Clone]:
        ExtendibleMap<K, V, S, A>, map::IntoIter<K, V, A>, map::IntoKeys<K, V, A>,
        map::IntoValues<K, V, A>, ExtendibleSet<T, S, A>, set::IntoIter<T, A>,
    }
    holds! { UnwindSafe where [K: RefUnwindSafe, V: RefUnwindSafe, T: RefUnwindSafe]:
        map::Iter<'_, K, V, A>, map::Keys<'_, K, V, A>, map::Values<'_, K, V, A>,
        set::Iter<'_, T, A>,
    }
    holds! { RefUnwindSafe where
        [K: RefUnwindSafe, V: RefUnwindSafe, T: RefUnwindSafe, S: RefUnwindSafe,
        A: RefUnwindSafe + Clone]:
        ExtendibleMap<K, V, S, A>, map::IntoIter<K, V, A>, map::Iter<'_, K, V, A>,
        map::IterMut<'_, K, V, A>, map::Drain<'_, K, V, A>, map::Entry<'_, K, V, S, A>,
        ExtendibleSet<T, S, A>, set::IntoIter<T, A>, set::Iter<'_, T, A>,
    }
    holds! { Unpin where [K: Unpin, V: Unpin, T: Unpin, S: Unpin, A: Unpin + Clone]:
        ExtendibleMap<K, V, S, A>, map::IntoIter<K, V, A>, map::Entry<'_, K, V, S, A>,
        ExtendibleSet<T, S, A>, set::IntoIter<T, A>,
    }
    fails! { Send:
        ExtendibleMap<Local, u64>, ExtendibleMap<u64, Guard>, ExtendibleMap<u64, u64, Local>,
        ExtendibleSet<Local>, map::IntoIter<Local, u64>, map::Iter<'static, OneAtATime, u64>,
        map::Values<'static, u64, OneAtATime>, map::IterMut<'static, Local, u64>,
        map::IterMut<'static, u64, Guard>, map::Drain<'static, u64, Local>,
        map::ExtractIf<'static, u64, u64, Local>, map::Entry<'static, Local, u64, ()>,
        map::VacantEntry<'static, u64, u64, Local>, map::OccupiedError<'static, u64, Local, ()>,
        map::EntryRef<'static, 'static, u64, OneAtATime, u64, ()>,
        map::GetBatch<'static, OneAtATime, u64, (), slice::Iter<'static, u64>>,
        map::GetBatch<'static, u64, u64, OneAtATime, slice::Iter<'static, u64>>,
        map::GetBatch<'static, u64, u64, (), slice::Iter<'static, OneAtATime>>,
        set::Iter<'static, OneAtATime>, set::IntoIter<Local>, set::Drain<'static, Local>,
        set::ContainsBatch<'static, OneAtATime, (), slice::Iter<'static, u64>>,
        map::IntoKeys<Local, u64>, map::IntoValues<u64, Guard>, map::Keys<'static, OneAtATime, u64>,
        map::ValuesMut<'static, u64, Guard>, map::Drain<'static, Guard, u64>,
        map::ExtractIf<'static, u64, Local, fn()>, map::OccupiedEntry<'static, u64, Guard, ()>,
        map::VacantEntryRef<'static, 'static, u64, OneAtATime, u64, ()>,
        set::ExtractIf<'static, Local, fn()>, set::IntoIter<Guard>,
    }
    fails! { Sync:
        ExtendibleMap<OneAtATime, u64>, ExtendibleMap<u64, u64, OneAtATime>,
        ExtendibleSet<OneAtATime>, map::IntoIter<u64, OneAtATime>,
        map::Iter<'static, u64, OneAtATime>, map::IterMut<'static, OneAtATime, u64>,
        map::Drain<'static, u64, OneAtATime>, map::Entry<'static, u64, OneAtATime, ()>,
        set::Iter<'static, OneAtATime>,
        map::IntoKeys<OneAtATime, u64>, map::IntoValues<u64, OneAtATime>,
        map::Keys<'static, OneAtATime, u64>, map::Values<'static, u64, OneAtATime>,
        map::ValuesMut<'static, u64, OneAtATime>, map::IterMut<'static, u64, OneAtATime>,
        map::ExtractIf<'static, OneAtATime, u64, fn()>,
        map::ExtractIf<'static, u64, u64, OneAtATime>,
        map::OccupiedEntry<'static, u64, OneAtATime, ()>,
        map::VacantEntry<'static, OneAtATime, u64, ()>,
        map::EntryRef<'static, 'static, u64, OneAtATime, u64, ()>,
        set::IntoIter<OneAtATime>, set::Drain<'static, OneAtATime>,
        set::ExtractIf<'static, OneAtATime, fn()>,
    }
    fails! { UnwindSafe:
        ExtendibleMap<Exclusive, u64>, ExtendibleSet<Exclusive>, map::IntoIter<u64, Exclusive>,
        map::Iter<'static, OneAtATime, u64>, map::IterMut<'static, u64, u64>,
        map::Entry<'static, u64, u64, ()>, set::Iter<'static, OneAtATime>,
    }
    fails! { Clone: map::IterMut<'static, u64, u64>, map::Drain<'static, u64, u64>, }
    covariant! {
        ExtendibleMap<&'a str, &'a str, &'a ()>, ExtendibleSet<&'a str, &'a ()>,
        map::IntoIter<&'a str, &'a str>, map::Iter<'a, &'a str, &'a str>,
        map::Keys<'a, &'a str, &'a str>, map::GetBatch<'a, &'a str, &'a str, (), slice::Iter<'static, u8>>,
        set::IntoIter<&'a str>, set::Iter<'a, &'a str>,
    }
    static MAP: Mutex<ExtendibleMap<u64, String, ()>> = Mutex::new(ExtendibleMap::with_hasher(()));
    static SET: Mutex<ExtendibleSet<String, ()>> =
        Mutex::new(ExtendibleSet::with_hasher_in((), Global));

    #[test]
    fn statics() {
        assert!(MAP.lock().unwrap().capacity() == 0 && SET.lock().unwrap().is_empty());
    }
}

/// Parallel iterators: where they may go, and what rayon may be given. It sends them and their items to other threads, so
/// a collection has one only if those may go there.
#[cfg(feature = "rayon")]
mod parallel {
    use super::*;
    use map::rayon::*;
    use rayon::iter::{
        FromParallelIterator, IntoParallelIterator, ParallelExtend, ParallelIterator,
    };
    use set::rayon as sets;
    use table::rayon as tables;

    // By value, and by mutable reference.
    holds! { Send where [K: Send, V: Send, T: Send, A: Send]:
        IntoParIter<K, V, A>, sets::IntoParIter<T, A>, tables::IntoParIter<T, A>,
        tables::ParIterMut<'_, T>,
    }
    // No thread but the map's own comes near the allocator of a drain.
    holds! { Send where [K: Send, V: Send, T: Send]:
        ParDrain<'_, K, V, A>, sets::ParDrain<'_, T, A>, tables::ParDrain<'_, T, A>,
    }
    // Keys are shared, as the iterators may be cut in two.
    holds! { Send where [K: Sync, V: Send]: ParIterMut<'_, K, V>, ParValuesMut<'_, K, V>, }
    holds! { Send where [K: Sync, V: Sync, T: Sync, S: Sync, A: Sync]:
        ParIter<'_, K, V>, ParKeys<'_, K, V>, ParValues<'_, K, V>,
        sets::ParIter<'_, T>, sets::ParUnion<'_, T, S, A>, sets::ParIntersection<'_, T, S, A>,
        sets::ParDifference<'_, T, S, A>, sets::ParSymmetricDifference<'_, T, S, A>,
        tables::ParIter<'_, T>,
    }
    holds! { Sync where [K: Sync, V: Sync, T: Sync, S: Sync, A: Sync]:
        IntoParIter<K, V, A>, ParDrain<'_, K, V, A>, ParIter<'_, K, V>, ParIterMut<'_, K, V>,
        ParKeys<'_, K, V>, ParValues<'_, K, V>, ParValuesMut<'_, K, V>,
        sets::IntoParIter<T, A>, sets::ParDrain<'_, T, A>, sets::ParIter<'_, T>,
        sets::ParUnion<'_, T, S, A>, sets::ParIntersection<'_, T, S, A>,
        sets::ParDifference<'_, T, S, A>, sets::ParSymmetricDifference<'_, T, S, A>,
        tables::IntoParIter<T, A>, tables::ParDrain<'_, T, A>, tables::ParIter<'_, T>,
        tables::ParIterMut<'_, T>,
    }

    /// Asserts that a type is not `Send`, and no parallel iterator.
    macro_rules! stays {
        ($($type:ty,)*) => {
            fails! { Send: $($type,)* }
            fails! { ParallelIterator: $($type,)* }
        };
    }

    stays! {
        IntoParIter<Local, u64>, IntoParIter<u64, Local>, IntoParIter<Guard, u64>,
        IntoParIter<u64, Guard>, ParDrain<'static, Local, u64>, ParDrain<'static, u64, Local>,
        ParDrain<'static, Guard, u64>, ParDrain<'static, u64, Guard>,
        ParIter<'static, Local, u64>, ParIter<'static, u64, Local>,
        ParIter<'static, OneAtATime, u64>, ParIter<'static, u64, OneAtATime>,
        ParIterMut<'static, Local, u64>, ParIterMut<'static, u64, Local>,
        ParIterMut<'static, OneAtATime, u64>, ParIterMut<'static, u64, Guard>,
        ParKeys<'static, OneAtATime, u64>, ParKeys<'static, u64, OneAtATime>,
        ParValues<'static, OneAtATime, u64>, ParValues<'static, u64, OneAtATime>,
        ParValuesMut<'static, OneAtATime, u64>, ParValuesMut<'static, u64, Guard>,
        sets::IntoParIter<Local>, sets::IntoParIter<Guard>, sets::ParDrain<'static, Local>,
        sets::ParDrain<'static, Guard>, sets::ParIter<'static, Local>,
        sets::ParIter<'static, OneAtATime>,
        sets::ParUnion<'static, OneAtATime, DefaultHashBuilder>,
        sets::ParUnion<'static, u64, Shy>,
        sets::ParIntersection<'static, OneAtATime, DefaultHashBuilder>,
        sets::ParIntersection<'static, u64, Shy>,
        sets::ParDifference<'static, OneAtATime, DefaultHashBuilder>,
        sets::ParDifference<'static, u64, Shy>,
        sets::ParSymmetricDifference<'static, OneAtATime, DefaultHashBuilder>,
        sets::ParSymmetricDifference<'static, u64, Shy>,
        tables::IntoParIter<Local>, tables::IntoParIter<Guard>, tables::ParDrain<'static, Local>,
        tables::ParDrain<'static, Guard>, tables::ParIter<'static, Local>,
        tables::ParIter<'static, OneAtATime>, tables::ParIterMut<'static, Local>,
        tables::ParIterMut<'static, Guard>,
    }
    fails! { Sync:
        IntoParIter<OneAtATime, u64>, IntoParIter<u64, OneAtATime>,
        ParDrain<'static, OneAtATime, u64>, ParDrain<'static, u64, OneAtATime>,
        ParIter<'static, u64, OneAtATime>, ParIterMut<'static, OneAtATime, u64>,
        ParIterMut<'static, u64, OneAtATime>, ParKeys<'static, OneAtATime, u64>,
        ParValues<'static, u64, OneAtATime>, ParValuesMut<'static, u64, OneAtATime>,
        sets::IntoParIter<OneAtATime>, sets::ParDrain<'static, OneAtATime>,
        sets::ParIter<'static, OneAtATime>, sets::ParUnion<'static, OneAtATime, ()>,
        sets::ParIntersection<'static, u64, OneAtATime>,
        sets::ParDifference<'static, OneAtATime, ()>,
        sets::ParSymmetricDifference<'static, u64, OneAtATime>,
        tables::IntoParIter<OneAtATime>, tables::ParDrain<'static, OneAtATime>,
        tables::ParIter<'static, OneAtATime>, tables::ParIterMut<'static, OneAtATime>,
    }
    fails! { IntoParallelIterator:
        HashMap<Local, u64>, HashMap<u64, Local>, HashMap<Guard, u64>,
        &'static HashMap<OneAtATime, u64>, &'static HashMap<u64, OneAtATime>,
        &'static mut HashMap<OneAtATime, u64>, &'static mut HashMap<u64, Guard>,
        HashSet<Local>, &'static HashSet<OneAtATime>,
        HashTable<Local>, &'static HashTable<OneAtATime>, &'static mut HashTable<Guard>,
    }
    // A hasher that hashes on many threads at once.
    fails! { FromParallelIterator<(u64, u64)>: HashMap<u64, u64, Shy>, }
    fails! { FromParallelIterator<u64>: HashSet<u64, Shy>, }
    fails! { ParallelExtend<(u64, u64)>: HashMap<u64, u64, Shy>, }
    fails! { ParallelExtend<u64>: HashSet<u64, Shy>, }
    fails! { Clone:
        IntoParIter<u64, u64>, ParDrain<'static, u64, u64>, ParIterMut<'static, u64, u64>,
        ParValuesMut<'static, u64, u64>, tables::ParIterMut<'static, u64>,
    }
    covariant! {
        IntoParIter<&'a str, &'a str>, ParDrain<'a, &'a str, &'a str>,
        ParIter<'a, &'a str, &'a str>, ParIterMut<'a, &'a str, u64>,
        ParValuesMut<'a, &'a str, u64>, sets::ParUnion<'a, &'a str, &'a ()>,
        tables::ParIter<'a, &'a str>,
    }

    /// A hasher that is not `Sync`; otherwise as good as any.
    #[derive(Default)]
    struct Shy(OneAtATime, DefaultHashBuilder);

    impl std::hash::BuildHasher for Shy {
        type Hasher = <DefaultHashBuilder as std::hash::BuildHasher>::Hasher;
        fn build_hasher(&self) -> Self::Hasher {
            self.1.build_hasher()
        }
    }

    #[cfg(feature = "str")]
    mod owned_keys {
        use super::*;
        use rosti::str_map::SliceMap;
        use rosti::str_map::rayon::{ParElements, ParIter, ParIterMut};

        holds! { Send where [V: Send]: ParIterMut<'_, str, V>, }
        holds! { Send where [V: Sync]: ParIter<'_, str, V>, ParElements<'_, str>, }
        holds! { Sync where [V: Sync]: ParIter<'_, str, V>, ParIterMut<'_, str, V>, }
        stays! {
            ParIter<'static, str, Local>, ParIter<'static, str, OneAtATime>,
            ParIterMut<'static, str, Local>, ParIterMut<'static, str, Guard>,
        }
        fails! { Sync: ParIter<'static, str, OneAtATime>, ParIterMut<'static, str, OneAtATime>, }
        fails! { IntoParallelIterator:
            &'static SliceMap<str, OneAtATime>, &'static mut SliceMap<str, Guard>,
        }
    }

    #[cfg(feature = "extendible")]
    mod extendible {
        use super::*;
        use rosti::extendible_map::rayon::{IntoParIter, ParIter, ParIterMut};
        use rosti::extendible_set::rayon::{SetIntoParIter, SetParIter};
        use rosti::{ExtendibleMap, ExtendibleSet};

        holds! { Send where [K: Send, V: Send, T: Send, A: Send]:
            IntoParIter<K, V, A>, SetIntoParIter<T, A>,
        }
        holds! { Send where [K: Sync, V: Send]: ParIterMut<'_, K, V>, }
        holds! { Send where [K: Sync, V: Sync, T: Sync]: ParIter<'_, K, V>, SetParIter<'_, T>, }
        holds! { Sync where [K: Sync, V: Sync, T: Sync, A: Sync]:
            IntoParIter<K, V, A>, SetIntoParIter<T, A>, ParIterMut<'_, K, V>, ParIter<'_, K, V>,
            SetParIter<'_, T>,
        }
        stays! {
            IntoParIter<Local, u64>, IntoParIter<u64, Guard>, SetIntoParIter<Local>,
            ParIter<'static, OneAtATime, u64>, ParIter<'static, u64, OneAtATime>,
            ParIterMut<'static, OneAtATime, u64>, ParIterMut<'static, u64, Guard>,
            SetParIter<'static, OneAtATime>,
        }
        fails! { Sync:
            IntoParIter<u64, OneAtATime>, SetIntoParIter<OneAtATime>,
            ParIter<'static, u64, OneAtATime>, ParIterMut<'static, OneAtATime, u64>,
            SetParIter<'static, OneAtATime>,
        }
        fails! { IntoParallelIterator:
            ExtendibleMap<Local, u64>, &'static ExtendibleMap<u64, OneAtATime>,
            &'static mut ExtendibleMap<OneAtATime, u64>, &'static mut ExtendibleMap<u64, Guard>,
            ExtendibleSet<Local>, &'static ExtendibleSet<OneAtATime>,
        }
    }
}

#[cfg(feature = "raw-entry")]
covariant! { map::RawEntryBuilder<'a, &'a str, &'a str, &'a ()>, }

static MAP: Mutex<HashMap<u64, String, ()>> = Mutex::new(HashMap::with_hasher(()));
static MAP_IN: Mutex<HashMap<u64, String, ()>> = Mutex::new(HashMap::with_hasher_in((), Global));
static SET: Mutex<HashSet<String, ()>> = Mutex::new(HashSet::with_hasher(()));
static SET_IN: Mutex<HashSet<String, ()>> = Mutex::new(HashSet::with_hasher_in((), Global));
static INT_MAP: Mutex<HashMap<u64, String, IntHashBuilder>> =
    Mutex::new(HashMap::with_hasher(IntHashBuilder::with_seed(1)));
static TABLE: Mutex<HashTable<String>> = Mutex::new(HashTable::new());
static TABLE_IN: Mutex<HashTable<String>> = Mutex::new(HashTable::new_in(Global));

/// A static is made at compile time, shared by threads, and written to.
#[test]
fn statics() {
    let text = || String::from("on the heap");
    let write = || {
        for table in [&TABLE, &TABLE_IN] {
            let mut table = table.lock().unwrap();
            let entry = table.entry(7, |found| *found == text(), |_| 7);
            entry.or_insert(text());
        }
    };
    #[cfg(not(target_family = "wasm"))] // which has no threads
    std::thread::scope(|scope| {
        scope.spawn(write);
        scope.spawn(write);
    });
    write();
    assert!([&TABLE, &TABLE_IN].iter().all(|table| table.lock().unwrap().len() == 1));
    assert!([&MAP, &MAP_IN].iter().all(|map| map.lock().unwrap().capacity() == 0));
    assert_eq!(INT_MAP.lock().unwrap().len(), 0);
    assert!([&SET, &SET_IN].iter().all(|set| set.lock().unwrap().is_empty()));
}
