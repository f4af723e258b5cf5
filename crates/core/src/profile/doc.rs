//! docs/PROFILES.md, written from [`PARAMETERS`] and the embedded profiles, so that it cannot drift
//! from them: a test compares the file with this, and `cargo xtask profiles` writes it anew.

use super::{
    FORMAT, FigureValue, PARAMETERS, Parameter, Profile, Provenance, Slot, Unit, embedded,
    embedded_names,
};
use crate::units::{Bytes, Dur};

const HEAD: &str = "\
# Profiles: what things cost

<!-- Written by `cargo xtask profiles` from crates/core/src/profile; a test compares. -->

A profile says what things cost on one machine under one Python build. It is a TOML file, and every
figure in it says where it comes from:

```toml
[thread]
thread_create = { us = 25, spread = 3, from = \"measured\", source = \"thread start + join\" }
```

- The unit is the key: `ns`, `us` or `ms` for times, `ppm` (parts per million) for shares, `bytes`,
  `KiB` or `MiB` for memory. `spread`, optional and in the same unit, is how far half of the
  measurements lay from the middle.
- `from` is `measured` (timed on the profile's machine), `published` (somebody else measured or
  specified it) or `estimated` (a share of what was measured, or a judgement). `source` says more.
- Times of distributions are written by quantile, from `p0` to `p100`; the table of `transfer` is
  written by payload size, from 0 bytes up, and `core_share` by the number of busy cores, from 1 up.
  All are linear in between.
- The head of the file gives `format`, `python`, `gil`, `interpreters` (whether
  `InterpreterPoolExecutor` exists), `fair_locks` (whether `threading.Lock` is handed to a waiter
  that has waited over 1 ms: 3.14 and later), `start` (the default start method of process pools),
  `machine`, `system` and `date`; optional are `build` (the interpreter's version in full) and
  `notes` (a list of texts: what else was going on, what could not be measured).

Every parameter below must be there, but those that say so and those of interpreters where the Python
has none. A file with anything unknown, missing, negative or absurd in it is refused, with all its problems at once.

What a profile does not say: how fast one Python is against another. The work of a scenario is CPU
time under the same Python's GIL build, so `cpu_ppm` is 1 000 000 there, and a free-threaded build's
is its single-thread slow-down. What busy cores cost each other (shared caches, power, hypervisors)
is `core_share`; in the embedded profiles two busy cores are as fast as two lone ones, as their
machine's share was not measured.

The embedded figures come from one shared virtual machine of two cores. Take them as the shape of
things, not as the truth about another machine. No free-threaded build was at hand: 3.13t and 3.14t
rest on published figures and on the PEP 703 reference build of 3.12, and say so figure by figure.

What Rust costs, for what `compare --python rust` predicts, is a profile of the same form
(`crates/core/src/profile/data/rust.toml`): the same kernel's figures, and Rust's own, estimated.
`--profile` takes another one whose `python` is `rust` or `rust-gil`.

What a browser costs, for what runs in one are predicted with until it is calibrated itself, is one as well
(`crates/core/src/profile/data/browser.toml`): see [Real runs in the browser](BROWSER_RUNS.md).
";

/// The whole of docs/PROFILES.md.
pub fn markdown() -> String {
    let profiles: Vec<Profile> = embedded_names()
        .iter()
        .filter_map(|name| embedded(name))
        .cloned()
        .collect();
    let mut text = HEAD.to_owned();
    let mut group = "";
    for parameter in PARAMETERS {
        if parameter.group != group {
            group = parameter.group;
            text.push_str(&table_head(group, &profiles));
        }
        text.push_str(&row(parameter, &profiles));
    }
    text.push_str(
        "\n¹ published · ² estimated · without a mark: measured. Distributions show p50; ",
    );
    text.push_str(
        "`transfer` shows dumps + loads + twice the pipe for 1 MiB; `core_share` its last row.\n",
    );
    text.push_str(&format!("\nThe format's version is {FORMAT}.\n"));
    text
}

fn table_head(group: &str, profiles: &[Profile]) -> String {
    let mut text = format!("\n## [{group}]\n\n| parameter | meaning |");
    for profile in profiles {
        text.push_str(&format!(" {} |", profile.python));
    }
    text.push_str("\n|---|---|");
    text.push_str(&"---|".repeat(profiles.len()));
    text.push('\n');
    text
}

fn row(parameter: &Parameter, profiles: &[Profile]) -> String {
    let mut text = format!("| `{}` | {} |", parameter.name, parameter.about);
    for profile in profiles {
        let figure = profile
            .figures
            .iter()
            .find(|f| f.parameter.name == parameter.name);
        let cell = figure.map_or("–".to_owned(), |figure| {
            let mark = match figure.from {
                Provenance::Measured => "",
                Provenance::Published => "¹",
                Provenance::Estimated => "²",
            };
            format!("{}{mark}", shown(parameter, &figure.value))
        });
        text.push_str(&format!(" {cell} |"));
    }
    text.push('\n');
    text
}

fn shown(parameter: &Parameter, value: &FigureValue) -> String {
    let number = match (value, parameter.slot) {
        (FigureValue::Number(number), _) => *number,
        (FigureValue::Quantiles(quantiles), _) => quantiles
            .0
            .iter()
            .find(|(share, _)| *share == 500_000)
            .map_or(0, |(_, ns)| *ns),
        (FigureValue::Transfer(rates), Slot::Transfer(_)) => rates
            .iter()
            .find(|rate| rate.bytes == 1 << 20)
            .map_or(0, |rate| rate.dumps + rate.loads + 2 * rate.pipe),
        (FigureValue::Transfer(_), _) => 0,
        (FigureValue::Shares(shares), _) => shares.last().map_or(1_000_000, |share| share.ppm),
    };
    match parameter.unit {
        Unit::Time => Dur::from_nanos(number).to_string(),
        Unit::Ppm => grouped(number),
        Unit::Memory => Bytes(number).to_string(),
    }
}

/// Thousands apart: 1 400 000.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
