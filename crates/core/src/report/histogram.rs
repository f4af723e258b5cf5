//! A histogram with a relative error below one part in 128, for figures of which there are too many
//! to keep.

/// Sub-buckets to a power of two.
const SUB: u64 = 128;

#[derive(Clone, Debug, Default)]
pub(super) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max: u64,
}

impl Histogram {
    #[inline]
    pub(super) fn add(&mut self, value: u64) {
        let bucket = bucket(value);
        if bucket >= self.counts.len() {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] += 1;
        self.total += 1;
        self.max = self.max.max(value);
    }

    /// The largest, exactly.
    pub(super) fn max(&self) -> Option<u64> {
        (self.total > 0).then_some(self.max)
    }

    /// By nearest rank, rounded up to the end of its bucket (never beyond the largest).
    pub(super) fn percentile(&self, percent: u64) -> Option<u64> {
        let rank = (self.total * percent).div_ceil(100).max(1);
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return Some(last_of(bucket).min(self.max));
            }
        }
        None
    }
}

/// Values below 128 have a bucket each; above, 128 buckets to a power of two.
#[inline]
fn bucket(value: u64) -> usize {
    let shift = (64 - value.leading_zeros()).saturating_sub(8);
    (u64::from(shift) * SUB + (value >> shift)) as usize
}

/// The largest value of a bucket.
fn last_of(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    let shift = (bucket / SUB).saturating_sub(1);
    let top = u128::from(bucket - shift * SUB + 1) << shift;
    u64::try_from(top - 1).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_in_a_bucket_that_ends_less_than_a_percent_above_it() {
        let mut value = 1u64;
        while value < u64::MAX / 3 {
            for value in [value - 1, value, value + 1, value + value / 3] {
                let last = last_of(bucket(value));
                assert!(
                    last >= value && last - value <= value / 128,
                    "{value} in {last}"
                );
            }
            value = value * 2 + value / 7;
        }
        assert_eq!(last_of(bucket(u64::MAX)), u64::MAX);
    }

    #[test]
    fn percentiles_go_by_nearest_rank() {
        let mut histogram = Histogram::default();
        assert_eq!((histogram.percentile(99), histogram.max()), (None, None));
        (1..=100).for_each(|value| histogram.add(value));
        assert_eq!(
            (histogram.percentile(99), histogram.max()),
            (Some(99), Some(100))
        );
    }
}
