//! A picture with a playhead: what is going on at so many moments of a run, worked out beforehand, so that a file
//! without a simulator can tell it. Without scripts there is the picture, as before.

use serde_json::{Value, json};
use trilane_core::story::Story;
use trilane_core::trace::view::lanes;
use trilane_core::trace::{SpanKind, Trace};
use trilane_core::units::Dur;
use trilane_timeline::svg::Axis;
use trilane_timeline::words::Say;

/// What moves the playheads of a page. It is part of the page, and named in its policy by its hash.
pub(crate) const SCRIPT: &str = include_str!("live.js");
/// The hash of [`SCRIPT`], which a test holds to it.
pub(crate) const SCRIPT_HASH: &str = "sha256-KnA+t76BiL9Z1lbNHIcEpLUo5QelRlXoC0ANGuYzL+Y=";

/// How a picture's playhead looks, and what stands below the picture.
pub(crate) const STYLE: &str = "\
.wide{overflow-x:auto}@media(max-width:40rem){figure svg{min-width:35rem}details>figure svg{min-width:48rem}}
.live svg{cursor:ew-resize}
.playhead{stroke:#d4351c;stroke-width:1.6;pointer-events:none}
.transport{display:flex;gap:.6rem;align-items:center;margin:.4rem 0}
.transport button{font:inherit;padding:.2rem .7rem;border:1px solid #888a;border-radius:8px;background:none;color:inherit;cursor:pointer}
.transport button[hidden]{display:none}
.transport input{flex:1;min-width:0}.transport output{min-width:6em;text-align:right;font-variant-numeric:tabular-nums}
.live dl{margin:0;font-size:.88rem}.live dl div{display:flex;flex-wrap:wrap;gap:0 .7rem;padding:.1rem 0}
.live dt{font-family:ui-monospace,monospace;font-weight:600}.live dd{margin:0}
@media print{.transport,.live dl,.playhead{display:none}}";

/// Words around a playhead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// On the button that plays.
    pub play: String,
    /// On the button that stops.
    pub pause: String,
    /// The slider's name.
    pub playhead: String,
    /// So many of so many tasks are done.
    pub done: String,
    /// What stands before the fraction of a number.
    pub decimal: char,
}

impl Default for Words {
    fn default() -> Words {
        Words {
            play: "Play".to_owned(),
            pause: "Pause".to_owned(),
            playhead: "Playhead".to_owned(),
            done: "{0} of {1} tasks done".to_owned(),
            decimal: '.',
        }
    }
}

/// Runs in a picture, and what is to be told of them.
#[derive(Clone, Copy, Debug)]
pub struct Live<'a> {
    /// Each run with its name, and how long its Python lets others wait for the GIL where its story is to be told.
    pub runs: &'a [(&'a Trace, String, Option<Dur>)],
    /// Where the picture has its time.
    pub axis: &'a Axis,
    /// How many moments there are, the beginning and the end among them; at least two.
    pub moments: usize,
    /// Where the playhead stands at first, ns.
    pub at_ns: u64,
    /// The words around it.
    pub words: &'a Words,
    /// The reader's language.
    pub say: Say<'a>,
}

impl Live<'_> {
    /// The figure: the picture, and what moves over it.
    pub fn figure(&self, picture: &str) -> String {
        format!(
            "<figure class=\"live\">\n<div class=\"wide\" tabindex=\"0\">\n{picture}</div>\n<script type=\"application/json\">{}</script>\n</figure>\n",
            self.data()
        )
    }

    /// What [`SCRIPT`] reads, as JSON. No `<` is in it, or it could end the element that it stands in.
    fn data(&self) -> String {
        let axis = self.axis;
        let end = axis.end_ns.max(1);
        let last = self.moments.max(2) - 1;
        let at = (self.at_ns.min(end) as f64 / end as f64 * last as f64).round();
        let counts: Vec<Vec<Counts>> = (self.runs.iter())
            .map(|(trace, ..)| counts(trace, end, last))
            .collect();
        let occurs = |kind: &SpanKind| {
            let mut all = counts.iter().flatten();
            all.any(|at| at.states[*kind as usize] > 0)
        };
        let states: Vec<SpanKind> = SpanKind::ALL.into_iter().filter(occurs).collect();
        let mut sentences = Vec::new();
        let plans = self.runs.iter().zip(&counts);
        let plans = plans.map(|((trace, name, interval), counts)| {
            let counts: Vec<Vec<u32>> = counts.iter().map(|at| at.among(&states)).collect();
            let mut plan = json!({"name": name, "tasks": trace.tasks.len(), "counts": counts});
            if let Some(interval) = interval {
                plan["told"] = self.told(trace, *interval, last, &mut sentences).into();
            }
            plan
        });
        let plans: Vec<Value> = plans.collect();
        let lanes: Vec<[f32; 2]> = axis.lanes.iter().map(|&(top, end)| [top, end]).collect();
        let (per, digits, unit) = unit(end);
        let words = self.words;
        let data = json!({
            "moments": last + 1, "at": at, "end": end, "unit": (per, digits, unit), "decimal": words.decimal,
            "left": axis.left, "right": axis.right, "lanes": lanes,
            "states": states.iter().map(|kind| self.say.say(kind.label())).collect::<Vec<_>>(),
            "plans": plans, "sentences": sentences,
            "words": {"play": words.play, "pause": words.pause, "playhead": words.playhead, "done": words.done},
        });
        data.to_string().replace('<', "\\u003c")
    }

    /// What happens at each moment, as numbers of sentences.
    fn told(
        &self,
        trace: &Trace,
        interval: Dur,
        last: usize,
        sentences: &mut Vec<String>,
    ) -> Vec<usize> {
        let story = Story::new(trace, interval);
        let one = |moment: usize| {
            let at = instant(moment, last, self.axis.end_ns.max(1));
            let told = self.say.say(&story.at(trace, at, None).headline);
            let known = sentences.iter().position(|sentence| *sentence == told);
            known.unwrap_or_else(|| {
                sentences.push(told);
                sentences.len() - 1
            })
        };
        (0..=last).map(one).collect()
    }
}

/// An instant in the unit of the run's end: what it is divided by, digits behind the mark, and its name.
const fn unit(end_ns: u64) -> (f64, u32, &'static str) {
    match end_ns {
        0..1_000 => (1.0, 0, "ns"),
        1_000..1_000_000 => (1e3, 1, "µs"),
        1_000_000..1_000_000_000 => (1e6, 1, "ms"),
        _ => (1e9, 3, "s"),
    }
}

/// A moment of so many, ns.
const fn instant(moment: usize, last: usize, end_ns: u64) -> u64 {
    (end_ns as u128 * moment as u128 / last as u128) as u64
}

/// The tasks at a moment.
#[derive(Clone, Debug, Default)]
struct Counts {
    /// How many are done.
    done: u32,
    /// How many are in each state, by its number.
    states: [u32; SpanKind::ALL.len()],
}

impl Counts {
    fn among(&self, states: &[SpanKind]) -> Vec<u32> {
        let states = states.iter().map(|kind| self.states[*kind as usize]);
        std::iter::once(self.done).chain(states).collect()
    }
}

/// The tasks of a run at moments up to `end_ns`. A span's own end is no longer in it.
fn counts(trace: &Trace, end_ns: u64, last: usize) -> Vec<Counts> {
    let mut counts = vec![Counts::default(); last + 1];
    // The first moment that is not before an instant.
    let from = |ns: u64| {
        let moment = (u128::from(ns) * last as u128).div_ceil(u128::from(end_ns));
        (moment as usize).min(last + 1)
    };
    for spans in &lanes(trace).tasks {
        for span in spans {
            let (start, end) = (from(span.start.as_nanos()), from(span.end.as_nanos()));
            for at in &mut counts[start..end.max(start)] {
                at.states[span.kind as usize] += 1;
            }
        }
        if let Some(span) = spans.last() {
            for at in &mut counts[from(span.end.as_nanos())..] {
                at.done += 1;
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::ran::Ran;

    #[test]
    fn the_policy_names_the_script_that_is_there() {
        let hash = STANDARD.encode(Sha256::digest(SCRIPT));
        assert_eq!(SCRIPT_HASH, format!("sha256-{hash}"));
        assert!(!SCRIPT.contains("</"), "it would end its own element");
    }

    #[test]
    fn every_task_is_counted_once_at_every_moment() {
        let text = "trilane = 1\ntitle = \"a\"\n[tasks.sum]\ncount = 6\nsteps = [{ cpu = \"5ms\" }, { io = \"20ms\" }]\n";
        let ran = Ran::new(text, &["threads(2)".to_owned(), "asyncio".to_owned()]);
        for trace in ran.expect("it runs").traces {
            let end = trace.makespan().as_nanos();
            let all = counts(&trace, end, 50);
            assert_eq!(all.len(), 51);
            for at in &all {
                assert_eq!(at.done + at.states.iter().sum::<u32>(), 6, "{at:?}");
            }
            assert!(all[25].states[SpanKind::Io as usize] > 0, "{all:?}");
            assert_eq!(all[50].done, 6);
        }
    }
}
