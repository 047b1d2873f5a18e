//! What this build runs on. `cargo test --test platform -- --nocapture` prints it.

use rosti::internals::{Group, Native};

/// The backend that each kind of target is promised, one line each. The first that holds is it.
fn promised() -> &'static str {
    let choices = [
        (cfg!(rosti_group = "swar"), "swar"),
        (
            cfg!(all(any(target_arch = "x86", target_arch = "x86_64"), target_feature = "sse2")),
            "sse2",
        ),
        (cfg!(all(target_arch = "aarch64", target_endian = "little")), "neon"),
        (cfg!(all(target_arch = "wasm32", target_feature = "simd128")), "simd128"),
        (true, "swar"),
    ];
    choices.iter().find(|(holds, _)| *holds).expect("the last one holds").1
}

#[test]
fn the_backend_is_the_promised_one() {
    let endian = if cfg!(target_endian = "big") { "big" } else { "little" };
    let platform = format!("{} {} {endian}-endian", Native::NAME, usize::BITS);
    println!("\nbackend, pointer width, byte order: {platform}");
    assert_eq!(Native::NAME, promised());
    // ci/cross.sh says what it means to test, lest an emulator or a flag be another than it thinks.
    if let Ok(expected) = std::env::var("ROSTI_EXPECT") {
        assert_eq!(platform, expected);
    }
}
