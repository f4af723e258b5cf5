//! The random numbers of a workload and of the simulated machine's jitter: small, seeded, and the
//! same bit for bit on every target.
//!
//! Own code rather than a crate, because a drawn workload is part of the contract (one seed, one
//! workload, for ever) and a crate may change its generator with a major version. The generator is
//! xoshiro256++ 1.0, seeded through splitmix64, both by Blackman and Vigna
//! (<https://prng.di.unimi.it/>, public domain). What is drawn from it goes through `libm`, because
//! the standard library's `ln` and `exp` differ in the last bit between targets.

/// A seeded generator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rng {
    state: [u64; 4],
}

/// One step of splitmix64: a bijection that mixes every bit of `x` into every bit of the result.
#[inline]
const fn mix(x: u64) -> u64 {
    let z = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Rng {
    /// A generator for `seed`.
    #[inline]
    pub const fn new(seed: u64) -> Rng {
        const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
        let one = seed.wrapping_add(GAMMA);
        let two = one.wrapping_add(GAMMA);
        let three = two.wrapping_add(GAMMA);
        // Four outputs of splitmix64 are never all zero, the one state that xoshiro must not have.
        Rng {
            state: [mix(seed), mix(one), mix(two), mix(three)],
        }
    }

    /// The generator of one of many streams under a seed: `label` says what the stream is for,
    /// `index` which of them. Streams do not depend on each other, so that one more task, or one
    /// more kind, changes no other's numbers.
    #[inline]
    pub fn stream(seed: u64, label: &str, index: u64) -> Rng {
        // FNV-1a, 64 bits, spreads the label; the mixing does the rest.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in label.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Rng::new(mix(mix(seed) ^ hash).wrapping_add(mix(index)))
    }

    /// The next 64 random bits.
    #[inline]
    pub const fn next_u64(&mut self) -> u64 {
        let [s0, s1, s2, s3] = self.state;
        let result = s0.wrapping_add(s3).rotate_left(23).wrapping_add(s0);
        let s2 = s2 ^ s0;
        let s3 = s3 ^ s1;
        self.state = [s0 ^ s3, s1 ^ s2, s2 ^ (s1 << 17), s3.rotate_left(45)];
        result
    }

    /// A number strictly between 0 and 1, uniform: 2^52 values, each exact, symmetric about 0.5.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        // 52 bits and a half step: never 0 (whose logarithm is infinite) and never 1.
        ((self.next_u64() >> 12) as f64 + 0.5) * (1.0 / (1u64 << 52) as f64)
    }

    /// A whole number from 0 up to, but without, `bound`; 0 where `bound` is 0. The bias is below
    /// `bound / 2^64`.
    #[inline]
    pub const fn below(&mut self, bound: u64) -> u64 {
        let bits = self.next_u64();
        if bound >> 32 != 0 {
            return ((bits as u128 * bound as u128) >> 64) as u64;
        }
        // In halves: not every target multiplies to 128 bits by itself.
        let carried = ((bits & 0xffff_ffff) * bound) >> 32;
        ((bits >> 32) * bound + carried) >> 32
    }

    /// A standard normal number, by Box and Muller's transform; takes two numbers.
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(self.unit()));
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// An exponential number of mean 1.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        -libm::log(self.unit())
    }
}
