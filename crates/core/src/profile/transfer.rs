//! What moving a payload costs between the sizes at which it was measured.

use super::{Costs, TransferRate};

impl Costs {
    /// What a payload of so many bytes costs: linear between the table's sizes; below the smallest
    /// and beyond the largest, in proportion to the size.
    pub fn transfer_at(&self, bytes: u64) -> TransferRate {
        let after = self.transfer.partition_point(|rate| rate.bytes < bytes);
        let none = TransferRate {
            bytes: 0,
            dumps: 0,
            loads: 0,
            pipe: 0,
        };
        match (
            after.checked_sub(1).map(|i| &self.transfer[i]),
            self.transfer.get(after),
        ) {
            (None, None) => none,
            (None, Some(first)) => between(&none, first, bytes),
            (Some(left), Some(right)) => between(left, right, bytes),
            (Some(last), None) => between(&none, last, bytes),
        }
    }
}

/// The line through two sizes, at `bytes`.
fn between(left: &TransferRate, right: &TransferRate, bytes: u64) -> TransferRate {
    let width = i128::from(right.bytes - left.bytes).max(1);
    let into = i128::from(bytes - left.bytes);
    let at = |left: u64, right: u64| {
        let (left, right) = (i128::from(left), i128::from(right));
        u64::try_from(left + (right - left) * into / width).unwrap_or(u64::MAX)
    };
    TransferRate {
        bytes,
        dumps: at(left.dumps, right.dumps),
        loads: at(left.loads, right.loads),
        pipe: at(left.pipe, right.pipe),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_lie_on_lines_between_sizes() {
        let rate = |bytes, dumps| TransferRate {
            bytes,
            dumps,
            loads: 0,
            pipe: dumps * 2,
        };
        let mut costs = Costs::ideal("ideal", true);
        assert_eq!(costs.transfer_at(1_000_000).dumps, 0);
        costs.transfer = vec![rate(1_000, 100), rate(2_000, 300)];
        let check = |bytes, expect| assert_eq!(costs.transfer_at(bytes).dumps, expect);
        check(0, 0);
        check(500, 50);
        check(1_500, 200);
        check(4_000, 600);
        assert_eq!(costs.transfer_at(1_500).pipe, 400);
    }
}
