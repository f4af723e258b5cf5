//! One figure of a profile file: `{ us = 4.0, spread = 0.3, from = "measured", source = ".." }`.

use toml::{Table, Value};

use super::error::Problems;
use super::parameters::{Parameter, Slot, Unit};
use super::shares::shares_figure;
use super::{CoreShare, Quantiles, TransferRate};

/// A figure, and where it comes from.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What it is the figure of.
    pub parameter: &'static Parameter,
    /// The figure itself.
    pub value: FigureValue,
    /// How far half of the measurements lay from the middle, in the unit of the value (nanoseconds,
    /// ppm or bytes), where known.
    pub spread: Option<u64>,
    /// Where it comes from.
    pub from: Provenance,
    /// In words: what was measured, or who published it.
    pub source: String,
}

/// The value of a figure: nanoseconds, parts per million or bytes, by its parameter's unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FigureValue {
    /// One number.
    Number(u64),
    /// A distribution.
    Quantiles(Quantiles),
    /// A table by payload size.
    Transfer(Vec<TransferRate>),
    /// A table by the number of busy cores.
    Shares(Vec<CoreShare>),
}

/// Where a figure comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// It was timed on the profile's machine.
    Measured,
    /// Somebody else measured or specified it.
    Published,
    /// Nobody did: a share of what was measured, or a judgement.
    Estimated,
}

impl PartialEq for Figure {
    fn eq(&self, other: &Figure) -> bool {
        // Parameters hold function pointers, whose addresses mean nothing; names are unique.
        self.parameter.name == other.parameter.name
            && (&self.value, self.spread, self.from, &self.source)
                == (&other.value, other.spread, other.from, &other.source)
    }
}

impl Provenance {
    const ALL: [Provenance; 3] = [
        Provenance::Measured,
        Provenance::Published,
        Provenance::Estimated,
    ];

    /// The word for it in a profile file.
    pub const fn name(self) -> &'static str {
        match self {
            Provenance::Measured => "measured",
            Provenance::Published => "published",
            Provenance::Estimated => "estimated",
        }
    }
}

impl Unit {
    /// The units that a file may write, and how many nanoseconds, ppm or bytes one is.
    pub(super) const fn written(self) -> &'static [(&'static str, u64)] {
        match self {
            Unit::Time => &[("ns", 1), ("us", 1_000), ("ms", 1_000_000)],
            Unit::Ppm => &[("ppm", 1)],
            Unit::Memory => &[("bytes", 1), ("KiB", 1 << 10), ("MiB", 1 << 20)],
        }
    }

    fn names(self) -> String {
        let names: Vec<&str> = self.written().iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }
}

/// Reads one figure.
pub(super) fn read_figure(
    parameter: &'static Parameter,
    key: &str,
    value: &Value,
    problems: &mut Problems,
) -> Option<Figure> {
    let Value::Table(table) = value else {
        return problems.add(
            key,
            format!("`{value}` says neither its unit nor where it comes from"),
            format!(
                "write `{} = {{ {} = .., from = \"measured\", source = \"..\" }}`",
                parameter.name,
                parameter.unit.written()[0].0
            ),
        );
    };
    let before = problems.0.len();
    let from = provenance(key, table, problems);
    let source = match table.get("source") {
        Some(Value::String(source)) if !source.trim().is_empty() => Some(source.clone()),
        _ => problems.add(
            key,
            "does not say where it comes from",
            "add `source = \"what was measured, or who published it\"`",
        ),
    };
    let (value, spread) = match parameter.slot {
        Slot::Number(_) => number_figure(parameter, key, table, problems),
        Slot::Quantiles(_) => (quantiles_figure(parameter, key, table, problems), None),
        Slot::Transfer(_) => (transfer_figure(parameter, key, table, problems), None),
        Slot::Shares(_) => (shares_figure(parameter, key, table, problems), None),
    };
    if problems.0.len() > before {
        return None;
    }
    Some(Figure {
        parameter,
        value: value?,
        spread,
        from: from?,
        source: source?,
    })
}

fn provenance(key: &str, table: &Table, problems: &mut Problems) -> Option<Provenance> {
    let written = table
        .get("from")
        .map(|from| from.as_str().unwrap_or_default());
    match Provenance::ALL
        .into_iter()
        .find(|p| Some(p.name()) == written)
    {
        Some(provenance) => Some(provenance),
        None => problems.add(
            key,
            match written {
                Some(other) => format!("`{other}` is no provenance"),
                None => "has no provenance".to_owned(),
            },
            "use `from = \"measured\"`, \"published\" or \"estimated\"",
        ),
    }
}

/// The unit that a figure is written in: its name, its size, its value.
fn in_unit<'t>(
    parameter: &Parameter,
    key: &str,
    table: &'t Table,
    problems: &mut Problems,
) -> Option<(&'static str, u64, &'t Value)> {
    let units = parameter.unit.written();
    let mut found = units
        .iter()
        .filter_map(|&(name, scale)| Some((name, scale, table.get(name)?)));
    match (found.next(), found.next()) {
        (Some(one), None) => Some(one),
        (Some(_), Some(_)) => problems.add(key, "is given in two units", "keep one"),
        (None, _) => problems.add(
            key,
            "has no value in a unit it could have",
            format!("give it in one of {}", parameter.unit.names()),
        ),
    }
}

fn number_figure(
    parameter: &Parameter,
    key: &str,
    table: &Table,
    problems: &mut Problems,
) -> (Option<FigureValue>, Option<u64>) {
    let Some((unit, scale, value)) = in_unit(parameter, key, table, problems) else {
        return (None, None);
    };
    refuse_others(key, table, &[unit, "spread", "from", "source"], problems);
    let number = scaled(key, unit, scale, value, problems)
        .and_then(|number| in_range(parameter, key, &format!("{value} {unit}"), number, problems));
    let spread = table
        .get("spread")
        .and_then(|spread| scaled(key, unit, scale, spread, problems));
    (number.map(FigureValue::Number), spread)
}

fn quantiles_figure(
    parameter: &Parameter,
    key: &str,
    table: &Table,
    problems: &mut Problems,
) -> Option<FigureValue> {
    let (unit, scale, value) = in_unit(parameter, key, table, problems)?;
    refuse_others(key, table, &[unit, "from", "source"], problems);
    let Value::Table(written) = value else {
        return problems.add(
            key,
            format!("`{value}` is no distribution"),
            format!("write `{unit} = {{ p0 = .., p50 = .., p100 = .. }}`"),
        );
    };
    let mut points = Vec::with_capacity(written.len());
    for (name, value) in written {
        let share = match quantile_ppm(name) {
            Some(share) => share,
            None => {
                return problems.add(
                    key,
                    format!("`{name}` is no quantile"),
                    "use p0 to p100, such as p5 or \"p99.9\"",
                );
            }
        };
        let number = scaled(key, unit, scale, value, problems)?;
        let number = in_range(parameter, key, &format!("{value} {unit}"), number, problems)?;
        points.push((share, number));
    }
    points.sort_unstable();
    if points.first().map(|p| p.0) != Some(0) || points.last().map(|p| p.0) != Some(1_000_000) {
        return problems.add(
            key,
            "lacks its least or its greatest value",
            "give p0 and p100",
        );
    }
    match points
        .windows(2)
        .find(|pair| pair[0].0 == pair[1].0 || pair[0].1 > pair[1].1)
    {
        Some(_) => problems.add(
            key,
            "falls where it must rise",
            "give every quantile once, each at least as great as the one below it",
        ),
        None => Some(FigureValue::Quantiles(Quantiles(points))),
    }
}

/// `p99.9` as 999 000 parts per million.
fn quantile_ppm(name: &str) -> Option<u32> {
    let percent: f64 = name.strip_prefix('p')?.parse().ok()?;
    (0.0..=100.0)
        .contains(&percent)
        .then(|| (percent * 10_000.0).round() as u32)
}

fn transfer_figure(
    parameter: &Parameter,
    key: &str,
    table: &Table,
    problems: &mut Problems,
) -> Option<FigureValue> {
    const COLUMNS: [&str; 4] = ["bytes", "dumps_us", "loads_us", "pipe_us"];
    refuse_others(key, table, &["sizes", "from", "source"], problems);
    let Some(Value::Array(sizes)) = table.get("sizes").filter(|sizes| sizes.is_array()) else {
        return problems.add(
            key,
            "has no table of sizes",
            "add `sizes = [ { bytes = 1_000, dumps_us = .., loads_us = .., pipe_us = .. }, .. ]`",
        );
    };
    let mut rates = Vec::with_capacity(sizes.len());
    for (row, size) in sizes.iter().enumerate() {
        let key = format!("{key}.sizes.{row}");
        let Value::Table(size) = size else {
            return problems.add(
                &key,
                format!("`{size}` is no row"),
                "write `{ bytes = .., .. }`",
            );
        };
        refuse_others(&key, size, &COLUMNS, problems);
        let mut column = |name: &str, scale: u64| match size.get(name) {
            Some(value) => scaled(&key, name, scale, value, problems).and_then(|number| {
                in_range(
                    parameter,
                    &key,
                    &format!("{name} {value}"),
                    number,
                    problems,
                )
            }),
            None => problems.add(
                &key,
                format!("lacks `{name}`"),
                format!("add `{name} = ..`"),
            ),
        };
        rates.push(TransferRate {
            bytes: column(COLUMNS[0], 1)?,
            dumps: column(COLUMNS[1], 1_000)?,
            loads: column(COLUMNS[2], 1_000)?,
            pipe: column(COLUMNS[3], 1_000)?,
        });
    }
    // Extending the ends must not give a negative cost: it starts at nothing and never falls.
    let rises = |a: &TransferRate, b: &TransferRate| {
        a.bytes < b.bytes && a.dumps <= b.dumps && a.loads <= b.loads && a.pipe <= b.pipe
    };
    if rates.len() < 2 || rates[0].bytes != 0 || !rates.windows(2).all(|r| rises(&r[0], &r[1])) {
        return problems.add(
            key,
            "is not a rising table that starts at 0 bytes",
            "give two rows at least, from `bytes = 0` up, in which nothing gets cheaper",
        );
    }
    Some(FigureValue::Transfer(rates))
}

/// A written number in nanoseconds, ppm or bytes.
pub(super) fn scaled(
    key: &str,
    unit: &str,
    scale: u64,
    value: &Value,
    problems: &mut Problems,
) -> Option<u64> {
    let number = match value {
        Value::Integer(number) => *number as f64,
        Value::Float(number) => *number,
        _ => f64::NAN,
    };
    if !number.is_finite() {
        return problems.add(
            key,
            format!("`{value}` ({unit}) is no number"),
            "write a number",
        );
    }
    if number < 0.0 {
        return problems.add(
            key,
            format!("{value} {unit} is negative"),
            "nothing costs less than 0",
        );
    }
    // Beyond 2^63 the cast saturates, and the range refuses it.
    Some((number * scale as f64).round() as u64)
}

pub(super) fn in_range(
    parameter: &Parameter,
    key: &str,
    written: &str,
    number: u64,
    problems: &mut Problems,
) -> Option<u64> {
    if (parameter.min..=parameter.max).contains(&number) {
        return Some(number);
    }
    let unit = parameter.unit.written()[0].0;
    problems.add(
        key,
        format!(
            "{written} makes no sense: it must lie between {} and {} {unit}",
            parameter.min, parameter.max
        ),
        format!("check the unit (one of {})", parameter.unit.names()),
    )
}

pub(super) fn refuse_others(key: &str, table: &Table, known: &[&str], problems: &mut Problems) {
    for name in table.keys().filter(|name| !known.contains(&name.as_str())) {
        problems.add::<()>(
            key,
            format!("`{name}` is no key of this figure"),
            format!("remove it; the keys are {}", known.join(", ")),
        );
    }
}
