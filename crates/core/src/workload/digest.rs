//! A number that tells works apart: what was measured elsewhere is compared only with its own prediction.

use super::Workload;

/// FNV-1a, 64 bits (draft-eastlake-fnv): there is nobody to defend against.
struct Fnv(u64);

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
}

impl Workload {
    /// The same for the same drawn work, whatever its title and whichever seed drew it; 16 hexadecimal
    /// digits.
    pub fn digest(&self) -> String {
        let mut fnv = Fnv(0xCBF2_9CE4_8422_2325);
        fnv.add(format!("{:?}", self.resources).as_bytes());
        for kind in &self.kinds {
            let sizes = (kind.input, kind.output, kind.memory);
            let about = (
                &kind.name,
                kind.count,
                &kind.after,
                sizes,
                &kind.program.code,
            );
            fnv.add(format!("{about:?}").as_bytes());
            for arrival in &kind.arrivals {
                fnv.add(&arrival.as_nanos().to_le_bytes());
            }
        }
        for draw in &self.draws {
            fnv.add(&draw.to_le_bytes());
        }
        format!("{:016x}", fnv.0)
    }
}

#[cfg(test)]
mod tests {
    use crate::race;
    use crate::workload::draw;

    #[test]
    fn it_tells_works_apart_and_not_their_names() {
        let text = "trilane = 1\ntitle = \"t\"\n[tasks.a]\ncount = 4\nsteps = [{ io = \"1ms\" }]\n";
        let digest = |text: &str| {
            let scenario = race::read(text).expect("it is a scenario");
            draw(&scenario, scenario.seed).digest()
        };
        assert_eq!(digest(text), digest(&text.replace("\"t\"", "\"u\"")));
        for (from, to) in [
            ("1ms", "2ms"),
            ("= 4", "= 5"),
            (".a]", ".b]"),
            ("io", "cpu"),
        ] {
            assert_ne!(digest(text), digest(&text.replace(from, to)), "{to}");
        }
        let drawn = text.replace("1ms", "uniform(1ms, 9ms)");
        let again = drawn.replace("title", "seed = 9\ntitle");
        assert_ne!(digest(&drawn), digest(&again));
    }
}
