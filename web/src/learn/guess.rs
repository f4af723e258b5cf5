//! A guess: a place on a slider, what it means, and how near it came.

/// Places of the slider.
pub const PLACES: u32 = 300;

/// What a slider of guesses goes from and to, ns. It tells nothing of the answer but its order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guess {
    least: f64,
    most: f64,
}

/// How near a guess came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Within a tenth.
    Close,
    /// So many times as long as it takes.
    TooLong(f64),
    /// It takes so many times as long.
    TooShort(f64),
}

impl Guess {
    /// A slider for runs of these lengths, ns: from well below the shortest to well above the longest, at
    /// powers of ten.
    pub fn around(runs: impl IntoIterator<Item = u64>) -> Guess {
        let (mut least, mut most) = (f64::INFINITY, 0.0f64);
        for run in runs {
            let run = (run as f64).max(1.0);
            (least, most) = (least.min(run), most.max(run));
        }
        if most == 0.0 {
            (least, most) = (1e6, 1e9);
        }
        Guess {
            least: 10f64.powf((least / 2.0).log10().floor()),
            most: 10f64.powf((most * 2.0).log10().ceil()),
        }
    }

    /// What a place means, ns, with two digits: equal ways are equal factors.
    pub fn at(self, place: u32) -> u64 {
        let share = f64::from(place.min(PLACES)) / f64::from(PLACES);
        let exact = self.least * (self.most / self.least).powf(share);
        let unit = 10f64.powf(exact.log10().floor() - 1.0);
        ((exact / unit).round() * unit) as u64
    }
}

impl Verdict {
    /// How near a guess came to an answer.
    pub fn of(guess_ns: u64, answer_ns: u64) -> Verdict {
        let ratio = guess_ns.max(1) as f64 / answer_ns.max(1) as f64;
        match ratio {
            r if (1.0 / 1.1..=1.1).contains(&r) => Verdict::Close,
            r if r > 1.0 => Verdict::TooLong(r),
            r => Verdict::TooShort(1.0 / r),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slider_reaches_past_what_is_asked_for() {
        let guess = Guess::around([201_000_000, 20_000_000_000]);
        assert_eq!(guess.at(0), 100_000_000);
        assert_eq!(guess.at(PLACES), 100_000_000_000);
        assert!((1..=PLACES).all(|place| guess.at(place) >= guess.at(place - 1)));
        assert_eq!(Guess::around([]).at(0), 100_000);
    }

    #[test]
    fn a_verdict_says_by_how_much() {
        assert_eq!(Verdict::of(105, 100), Verdict::Close);
        assert_eq!(Verdict::of(400, 100), Verdict::TooLong(4.0));
        assert_eq!(Verdict::of(25, 100), Verdict::TooShort(4.0));
    }
}
