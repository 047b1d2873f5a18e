//! Joins two tables by a key: orders with their customers. `cargo run --release --example join [CUSTOMERS]`.
//!
//! There are four orders for each customer. Prints what the customers of each group spent, and how long it
//! took to build each map from the customers and to look up the customer of each order. In a map that
//! outgrows the caches a lookup mostly waits for memory; `get_batch` starts the lookups of later orders in
//! the meantime.

use std::hint::black_box;
use std::time::Instant;

/// The groups that customers belong to.
pub const GROUPS: usize = 4;

/// A customer's number and group.
pub struct Customer(u64, usize);

/// The number of a customer, who may be unknown, and an amount.
pub struct Order(u64, u64);

/// What each group spent, and the number of orders by unknown customers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// By group, the sum of amounts.
    pub groups: [u64; GROUPS],
    unknown: u64,
}

impl Spent {
    #[inline]
    fn add(&mut self, group: Option<&usize>, amount: u64) {
        match group {
            Some(&group) => self.groups[group] += amount,
            None => self.unknown += 1,
        }
    }
}

/// A function that joins customers and orders.
pub type Join = fn(&[Customer], &[Order]) -> Spent;

/// The maps, each with the function that joins tables through it.
pub const MAPS: [(&str, Join); 3] = [
    ("hashbrown", |customers, orders| {
        let map: hashbrown::HashMap<u64, usize> =
            customers.iter().map(|Customer(number, group)| (*number, *group)).collect();
        let mut spent = Spent::default();
        for Order(customer, amount) in orders {
            spent.add(map.get(customer), *amount);
        }
        spent
    }),
    ("rosti", |customers, orders| {
        let map: rosti::HashMap<u64, usize> =
            customers.iter().map(|Customer(number, group)| (*number, *group)).collect();
        let mut spent = Spent::default();
        for Order(customer, amount) in orders {
            spent.add(map.get(customer), *amount);
        }
        spent
    }),
    ("get_batch", |customers, orders| {
        let map: rosti::HashMap<u64, usize> =
            customers.iter().map(|Customer(number, group)| (*number, *group)).collect();
        let mut spent = Spent::default();
        let groups = map.get_batch(orders.iter().map(|Order(customer, _)| customer));
        for (group, Order(_, amount)) in groups.zip(orders) {
            spent.add(group, *amount);
        }
        spent
    }),
];

/// So many customers, and four times as many orders, a tenth of them by unknown ones.
pub fn tables(customers: usize) -> (Vec<Customer>, Vec<Order>) {
    let mut random = 7;
    let mut random = || {
        random = u64::wrapping_mul(random, 0x5851_f42d_4c95_7f2d).wrapping_add(1);
        random >> 16
    };
    let customers: Vec<Customer> = (0..customers).map(|n| Customer(random(), n % GROUPS)).collect();
    let orders = (0..4 * customers.len()).map(|_| {
        let known = &customers[random() as usize % customers.len()];
        // Customers have numbers below 2^48.
        let customer = if random() % 10 == 0 { known.0 | 1 << 48 } else { known.0 };
        Order(customer, random() % 1000)
    });
    let orders = orders.collect();
    (customers, orders)
}

#[allow(dead_code, reason = "ci/programs has a main of its own")]
fn main() {
    let count = std::env::args().nth(1).and_then(|arg| arg.parse().ok()).unwrap_or(2_000_000);
    let (customers, orders) = tables(count);
    let mut expected = None;
    for (name, join) in MAPS {
        let begin = Instant::now();
        let spent = join(black_box(&customers), black_box(&orders));
        println!("{name:<10} {:.2?}", begin.elapsed());
        assert_eq!(*expected.get_or_insert(spent), spent, "{name}");
    }
    println!("{:?}", expected.unwrap_or_default());
}

#[test]
fn orders_find_their_customers() {
    let customers = [Customer(10, 0), Customer(20, 3), Customer(30, 0)];
    let orders =
        [(30, 5), (20, 7), (40, 9), (10, 6), (20, 1)].map(|(of, amount)| Order(of, amount));
    for (name, join) in MAPS {
        assert_eq!(
            join(&customers, &orders),
            Spent { groups: [11, 0, 0, 8], unknown: 1 },
            "{name}"
        );
        assert_eq!(join(&[], &orders), Spent { groups: [0; GROUPS], unknown: 5 }, "{name}");
    }
}

#[test]
fn maps_agree() {
    let (customers, orders) = tables(5_000);
    let expected = MAPS[0].1(&customers, &orders);
    assert!((1_600..2_400).contains(&expected.unknown), "{expected:?}");
    for (name, join) in MAPS {
        assert_eq!(join(&customers, &orders), expected, "{name}");
    }
}
