//! From figures to a profile: every parameter gets one, and says where it is from.

use std::collections::BTreeMap;

use trilane_core::plan::StartMethod;
use trilane_core::profile::{
    CoreShare, Figure, FigureValue, PARAMETERS, Parameter, Profile, Provenance, Quantiles, Slot,
    TransferRate, Unit, embedded, embedded_names,
};

use super::figures::{Figures, Measured};
use crate::measure::NOTABLE;
use crate::python::Interpreter;

/// Makes the profile of what was measured under an interpreter. `with_gil` is the speed of the same
/// Python's build with a GIL, where this one has none and such a build was at hand.
pub(crate) fn profile(
    python: &Interpreter,
    measured: &Figures,
    with_gil: Option<&Figures>,
) -> Profile {
    let nearest = nearest(python);
    let mut missing: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    let mut figures = Vec::with_capacity(PARAMETERS.len());
    for parameter in PARAMETERS {
        if (parameter.needs_interpreters() && !python.interpreters) || parameter.is_optional() {
            continue;
        }
        match figure(parameter, python, measured, with_gil) {
            Ok(figure) => figures.push(figure),
            Err(why) => {
                figures.extend(borrowed(parameter, nearest, &why));
                missing.entry(why).or_default().push(parameter.name);
            }
        }
    }
    let mut notes = Vec::new();
    notes.extend(load_note(measured));
    if measured.quick {
        notes.push("a quick look: few samples were taken of each figure".to_owned());
    }
    for (why, names) in missing {
        notes.push(format!("not measured, as {why}: {}", names.join(", ")));
    }
    let cores = match measured.cores {
        1 => "1 core".to_owned(),
        n => format!("{n} cores"),
    };
    let start = [
        StartMethod::Fork,
        StartMethod::Spawn,
        StartMethod::ForkServer,
    ]
    .into_iter()
    .find(|method| method.name() == measured.start);
    Profile {
        python: python.name(),
        gil: python.gil,
        interpreters: python.interpreters,
        fair_locks: python.version >= [3, 14, 0],
        start: start.unwrap_or(nearest.start),
        machine: format!("{}, {cores}", measured.machine),
        system: measured.system.clone(),
        date: measured.date.clone(),
        build: Some(measured.build.clone()),
        notes,
        figures,
    }
}

/// What else went on, if it is worth a word.
fn load_note(measured: &Figures) -> Option<String> {
    let load = measured.other_load.filter(|load| *load > NOTABLE)?;
    Some(format!(
        "something else kept {load:.1} cores busy meanwhile: the figures are less certain than \
         their spreads say"
    ))
}

/// The embedded profile of the same Python, or of the version nearest to it.
fn nearest(python: &Interpreter) -> &'static Profile {
    let minor =
        |name: &str| -> Option<u32> { name.trim_end_matches('t').split_once('.')?.1.parse().ok() };
    let distance = |name: &&&str| {
        let build = name.ends_with('t') == python.gil;
        (
            build,
            minor(name).map(|minor| minor.abs_diff(python.version[1])),
        )
    };
    embedded_names()
        .iter()
        .min_by_key(distance)
        .and_then(|name| embedded(name))
        .expect("there are embedded profiles, and a test reads them all")
}

/// The parameter's figure from what was measured, or why there is none.
fn figure(
    parameter: &'static Parameter,
    python: &Interpreter,
    measured: &Figures,
    with_gil: Option<&Figures>,
) -> Result<Figure, String> {
    if let Some(speed) = speed(parameter, python, measured, with_gil) {
        return speed;
    }
    let Some(found) = measured.figures.get(parameter.name) else {
        let why = measured.missing.get(parameter.name);
        return Err(why.map_or_else(
            || "this Python gave no figure".to_owned(),
            |why| lower_first(why),
        ));
    };
    let value = value(parameter, found).ok_or("its figure makes no sense")?;
    let number = matches!(value, FigureValue::Number(_));
    let source = match found.samples {
        0 | 1 => found.how.clone(),
        n => format!("{}; {n} samples", found.how),
    };
    Ok(Figure {
        parameter,
        value,
        spread: number.then_some(found.spread.max(0.0) as u64),
        from: Provenance::Measured,
        source,
    })
}

/// How fast a build is against the one with a GIL; nothing for other parameters.
fn speed(
    parameter: &'static Parameter,
    python: &Interpreter,
    measured: &Figures,
    with_gil: Option<&Figures>,
) -> Option<Result<Figure, String>> {
    let of = |figures: &Figures| match parameter.name {
        "cpu_ppm" => Some(figures.turn_ns),
        "native_ppm" => Some(figures.native_ns),
        _ => None,
    };
    let own = of(measured)?;
    let (ppm, source) = match (python.gil, with_gil) {
        (true, _) => (
            1e6,
            "by definition: work is CPU time under this build".to_owned(),
        ),
        (false, Some(other)) => (
            own / of(other)? * 1e6,
            format!("the same loop under this build and under {}", other.build),
        ),
        (false, None) => {
            let why = "no build of this version with a GIL is here to compare with";
            return Some(Err(why.to_owned()));
        }
    };
    let measured = Measured {
        ppm: Some(ppm),
        ..Measured::default()
    };
    let value = value(parameter, &measured)
        .ok_or_else(|| "the two builds' speeds make no sense together".to_owned());
    Some(value.map(|value| Figure {
        parameter,
        value,
        spread: None,
        from: Provenance::Measured,
        source,
    }))
}

/// The value in the parameter's own form, if it lies where such a value can lie.
fn value(parameter: &Parameter, found: &Measured) -> Option<FigureValue> {
    let sane = |number: u64| (parameter.min..=parameter.max).contains(&number);
    match parameter.slot {
        Slot::Number(_) => {
            let number = match parameter.unit {
                Unit::Time => found.ns,
                Unit::Ppm => found.ppm,
                Unit::Memory => found.bytes,
            }?;
            let number = number
                .is_finite()
                .then_some(number.round().max(0.0) as u64)?;
            sane(number).then_some(FigureValue::Number(number))
        }
        Slot::Quantiles(_) => {
            let points: Vec<(u32, u64)> = found
                .quantiles
                .as_ref()?
                .iter()
                .map(|&(percent, ns)| ((percent * 10_000.0).round() as u32, ns))
                .collect();
            let whole = points.first()?.0 == 0 && points.last()?.0 == 1_000_000;
            let rises = points
                .windows(2)
                .all(|p| p[0].0 < p[1].0 && p[0].1 <= p[1].1);
            let fits = whole && rises && points.iter().all(|point| sane(point.1));
            fits.then_some(FigureValue::Quantiles(Quantiles(points)))
        }
        Slot::Transfer(_) => {
            let rates: Vec<TransferRate> = found
                .rows
                .as_ref()?
                .iter()
                .map(|&(bytes, dumps, loads, pipe)| TransferRate {
                    bytes,
                    dumps,
                    loads,
                    pipe,
                })
                .collect();
            let rises = |p: &[TransferRate]| {
                p[0].bytes < p[1].bytes
                    && p[0].dumps <= p[1].dumps
                    && p[0].loads <= p[1].loads
                    && p[0].pipe <= p[1].pipe
            };
            let fits = rates.len() > 1 && rates[0].bytes == 0 && rates.windows(2).all(rises);
            fits.then_some(FigureValue::Transfer(rates))
        }
        Slot::Shares(_) => {
            let shares: Vec<CoreShare> = found
                .busy
                .as_ref()?
                .iter()
                .map(|&(cores, ppm)| CoreShare { cores, ppm })
                .collect();
            let alone = shares
                .first()
                .is_some_and(|one| one.cores == 1 && one.ppm == 1_000_000);
            let rises = shares
                .windows(2)
                .all(|p| p[0].cores < p[1].cores && p[0].ppm <= p[1].ppm);
            let fits = alone && rises && shares.iter().all(|share| sane(share.ppm));
            fits.then_some(FigureValue::Shares(shares))
        }
    }
}

/// A figure that could not be measured here, from the embedded profile.
fn borrowed(parameter: &'static Parameter, nearest: &Profile, why: &str) -> Option<Figure> {
    let of = |profile: &Profile| {
        let mut figures = profile.figures.iter();
        figures
            .find(|f| f.parameter.name == parameter.name)
            .cloned()
    };
    // An older Python's profile has no figures of interpreters.
    let newest = || {
        embedded_names()
            .iter()
            .rev()
            .filter_map(|name| embedded(name))
    };
    let (from, mut figure) = match of(nearest) {
        Some(figure) => (nearest.python.clone(), figure),
        None => newest().find_map(|profile| Some((profile.python.clone(), of(profile)?)))?,
    };
    figure.source = format!(
        "not measured, as {why}; the embedded profile of {from} has it {} there: {}",
        figure.from.name(),
        figure.source
    );
    if figure.from == Provenance::Measured {
        // On another machine.
        figure.from = Provenance::Estimated;
    }
    Some(figure)
}

/// Reasons stand within a sentence.
fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}
