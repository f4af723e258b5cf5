//! Knobs: which a block has, and a scenario's text with one turned.

use trilane_core::scenario::{self, Control, Setting};
use trilane_core::text::{nearest, shown};

use crate::quantity::{self, Unit};

/// Says that there is no such knob.
pub(super) fn no_knob(key: &str, controls: &[Control]) -> quantity::Fault {
    let keys = || controls.iter().map(|control| control.key.as_str());
    let remedy = match nearest(key, keys()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are {}", keys().collect::<Vec<_>>().join(", ")),
    };
    (format!("no knob {}", shown(key)), remedy)
}

/// Whether a reader can see for themselves what is said: of plans that are shown, under knobs that are.
pub(crate) fn reachable<'p>(
    mut named: impl Iterator<Item = &'p str>,
    when: &[quantity::Turn],
    plans: &[String],
    knobs: &[String],
    controls: &[Control],
) -> Result<(), quantity::Fault> {
    if let Some(plan) = named.find(|plan| !plans.iter().any(|shown| shown == plan)) {
        let message = format!("{} is none of the block's plans", shown(plan));
        return Err((message, format!("it has {}", plans.join(", "))));
    }
    for (key, value) in when {
        if !knobs.contains(key) {
            let message = format!("{} is none of the block's knobs", shown(key));
            return Err((
                message,
                "add it to `knobs`, so that a reader can turn it".to_owned(),
            ));
        }
        if let Some(control) = controls.iter().find(|control| control.key == *key) {
            setting(control, value)?;
        }
    }
    Ok(())
}

/// A value for a knob, as it is written.
fn setting(control: &Control, value: &str) -> Result<Setting, quantity::Fault> {
    let read = match (quantity::value(value), control.now) {
        (Some((ns, Unit::Time)), Setting::Time(_)) => Some(Setting::Time(ns as u64)),
        (Some((bytes, Unit::Size)), Setting::Size(_)) => Some(Setting::Size(bytes as u64)),
        (Some((n, Unit::Number)), Setting::Count(_)) => Some(Setting::Count(n as u64)),
        _ => value.parse().ok().map(Setting::Flag),
    };
    let fits = read.filter(|read| match control.now {
        Setting::Flag(_) => matches!(read, Setting::Flag(_)),
        _ => (control.least..=control.most).contains(&read.number()),
    });
    fits.ok_or_else(|| {
        let (least, most) = (
            control.now.with(control.least),
            control.now.with(control.most),
        );
        let message = format!("{} does not fit {}", shown(value), shown(&control.key));
        (message, format!("it goes from {least} to {most}"))
    })
}

/// A scenario's text with one value turned.
///
/// # Errors
/// There is no such knob, or the value does not fit it.
pub fn turned(text: &str, key: &str, value: &str) -> Result<String, quantity::Fault> {
    let controls = scenario::controls(text);
    let Some(control) = controls.iter().find(|control| control.key == key) else {
        return Err(no_knob(key, &controls));
    };
    let setting = setting(control, value)?;
    scenario::turn(text, key, setting).ok_or_else(|| {
        let message = format!("{} cannot be {}", shown(key), shown(value));
        (
            message,
            "keep within the limits of docs/SCENARIOS.md".to_owned(),
        )
    })
}
