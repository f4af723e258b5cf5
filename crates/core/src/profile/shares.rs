//! How much busy cores slow each other down: reading the table, and what it says of any number.

use toml::{Table, Value};

use super::error::Problems;
use super::figure::{in_range, refuse_others, scaled};
use super::{CoreShare, Costs, FigureValue, Parameter};

/// A lone core, against itself.
const ALONE: CoreShare = CoreShare {
    cores: 1,
    ppm: 1_000_000,
};

impl Costs {
    /// What the same code takes on each of so many busy cores, in parts per million of what it takes
    /// on a lone one: linear between the table's rows, and flat beyond the last.
    pub fn core_share_at(&self, busy: u32) -> u64 {
        let after = self.core_share.partition_point(|share| share.cores < busy);
        let left = after.checked_sub(1).map(|i| self.core_share[i]);
        match (left, self.core_share.get(after)) {
            (None, None) => ALONE.ppm,
            (None, Some(first)) => first.ppm,
            (Some(last), None) => last.ppm,
            (Some(left), Some(right)) => {
                let width = u64::from(right.cores - left.cores);
                let into = u64::from(busy - left.cores);
                left.ppm + right.ppm.saturating_sub(left.ppm) * into / width
            }
        }
    }
}

pub(super) fn shares_figure(
    parameter: &Parameter,
    key: &str,
    table: &Table,
    problems: &mut Problems,
) -> Option<FigureValue> {
    const EXAMPLE: &str =
        "add `busy = [ { cores = 1, ppm = 1_000_000 }, { cores = 2, ppm = .. } ]`";
    refuse_others(key, table, &["busy", "from", "source"], problems);
    let Some(Value::Array(rows)) = table.get("busy").filter(|rows| rows.is_array()) else {
        return problems.add(key, "has no table of busy cores", EXAMPLE);
    };
    let mut shares = Vec::with_capacity(rows.len());
    for (number, row) in rows.iter().enumerate() {
        let key = format!("{key}.busy.{number}");
        let Value::Table(row) = row else {
            return problems.add(&key, format!("`{row}` is no row"), EXAMPLE);
        };
        refuse_others(&key, row, &["cores", "ppm"], problems);
        let mut column = |name: &str| match row.get(name) {
            Some(value) => scaled(&key, name, 1, value, problems),
            None => problems.add(
                &key,
                format!("lacks `{name}`"),
                format!("add `{name} = ..`"),
            ),
        };
        let (cores, ppm) = (column("cores")?, column("ppm")?);
        let written = format!("ppm {ppm}");
        shares.push(CoreShare {
            cores: u32::try_from(cores).unwrap_or(u32::MAX),
            ppm: in_range(parameter, &key, &written, ppm, problems)?,
        });
    }
    let rises = |pair: &[CoreShare]| pair[0].cores < pair[1].cores && pair[0].ppm <= pair[1].ppm;
    if shares.first() != Some(&ALONE) {
        return problems.add(
            key,
            "must begin with one core at 1000000 ppm",
            "begin with `{ cores = 1, ppm = 1_000_000 }`",
        );
    }
    if !shares.windows(2).all(rises) {
        return problems.add(
            key,
            "falls where it must rise",
            "give every number of cores once, each no faster than fewer are",
        );
    }
    Some(FigureValue::Shares(shares))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_lie_on_lines_between_rows() {
        let mut costs = Costs::ideal("ideal", true);
        assert_eq!(costs.core_share_at(64), 1_000_000);
        costs.core_share = [(1, 1_000_000), (2, 1_100_000), (4, 1_400_000)]
            .map(|(cores, ppm)| CoreShare { cores, ppm })
            .to_vec();
        let check = |busy, expect| assert_eq!(costs.core_share_at(busy), expect);
        check(0, 1_000_000);
        check(1, 1_000_000);
        check(2, 1_100_000);
        check(3, 1_250_000);
        check(4, 1_400_000);
        check(9, 1_400_000);
    }
}
