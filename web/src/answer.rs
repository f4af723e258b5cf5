//! The worker's work: a request in, a reply and its pictures out. It knows no browser.

use trilane_core::advice::why::held_back;
use trilane_core::advice::{verdict, work};
use trilane_core::compare::{completed, times};
use trilane_core::model;
use trilane_core::plan::parse_plan;
use trilane_core::race::{self, CORES, Entry, Machine, RaceError};
use trilane_core::report::report;
use trilane_core::scenario::Scenario;
use trilane_core::trace::Trace;
use trilane_core::units::Dur;
use trilane_core::workload::draw;
use trilane_timeline::draw::DrawList;
use trilane_timeline::palette::Chrome;
use trilane_timeline::race as laid;
use trilane_timeline::rows::{Timeline, View};
use trilane_timeline::scale::TimeScale;
use trilane_timeline::scene::grid;
use trilane_timeline::words;

use crate::wire::{Ask, Picture, Ran, Reply, Request, Row, Shown};

/// Most steps, of all tasks, that a race in a browser keeps the traces of: a tab has 4 GB at most.
const MOST_STEPS: u64 = 4_000_000;
/// Rows of a plan's picture, at most, on a wide and on a narrow page.
const MOST_ROWS: [u32; 2] = [12, 8];
/// Narrower pictures leave the titles of lanes out, px.
const NARROW_PX: u32 = 560;

/// What the worker keeps between requests: the last race, to draw it at another width.
#[derive(Debug, Default)]
pub struct Agent {
    timelines: Vec<Timeline>,
    /// Whether each run got to its end.
    ended: Vec<bool>,
    /// The end of the fastest.
    best_ns: Option<u64>,
}

impl Agent {
    /// Answers a request.
    pub fn answer(&mut self, request: &Request) -> (Reply, Vec<Picture>) {
        match request {
            Request::Simulate { text, plans } => {
                let race = race::simulate(text, plans);
                let document = race.map(|race| race.to_json() + "\n");
                (
                    Reply::Json(document.map_err(|error| error.to_string())),
                    vec![],
                )
            }
            Request::Draw { width_px } => (Reply::Drawn, self.draw(*width_px)),
            Request::Race(ask) => match self.race(ask) {
                Ok(shown) => (Reply::Race(Box::new(shown)), self.draw(ask.width_px)),
                Err(RaceError::Scenario(problems)) => (Reply::problems(&problems), vec![]),
                Err(other) => (Reply::Refused(other.to_string()), vec![]),
            },
        }
    }

    fn race(&mut self, ask: &Ask) -> Result<Shown, RaceError> {
        let scenario = race::read(&ask.text)?;
        let cores = ask.cores.or(scenario.cores).unwrap_or(CORES);
        let mut machine = Machine::new(cores, &ask.python, None)?;
        let mut entries: Vec<Result<Entry, String>> = Vec::new();
        for written in &ask.plans {
            let entry = parse_plan(written).map_err(RaceError::Plan);
            let entry = entry.and_then(|spec| machine.entry(&spec));
            entries.push(
                entry
                    .map_err(|error| error.to_string())
                    .and_then(|entry| small(&scenario, entry)),
            );
        }
        let asked: Vec<Entry> = entries.iter().flatten().cloned().collect();
        let workload = draw(&scenario, scenario.seed);
        // A scenario that is too large has nothing to run, not even the loop it is measured against.
        let jobs = match asked.is_empty() {
            true => vec![],
            false => race::jobs(&machine, &asked),
        };
        let mut traces: Vec<Trace> = Vec::new();
        let mut reports = Vec::new();
        for (at, entry) in jobs.iter().enumerate() {
            let setup = race::setup(&workload, &machine, entry, 0);
            if at < asked.len() {
                let trace = model::record(&setup);
                reports.push(report(&trace));
                traces.push(trace);
            } else {
                reports.push(model::summarise(&setup));
            }
        }
        let title = &workload.title;
        let race = race::finish(title, scenario.seed, &machine, &jobs, reports, asked.len());
        let best = race.best();
        self.ended = race.runs.iter().map(completed).collect();
        self.timelines = traces
            .iter()
            .map(|trace| Timeline::new(trace, View::Race, MOST_ROWS[0]))
            .collect();
        self.best_ns = best.map(|best| self.timelines[best].end_ns);
        let end_ns = self.end_ns();

        let settings: Vec<_> = asked.iter().map(|entry| machine.setting(entry)).collect();
        let names: Vec<String> = asked.iter().map(|entry| machine.label(entry)).collect();
        let run = |at: usize| {
            let (report, trace) = (&race.runs[at], &traces[at]);
            let (name, detail) = words::plan(trace);
            Ran {
                plan: machine.short_name(&asked[at]),
                python: report.python.clone(),
                name,
                detail,
                makespan_ns: report.makespan_ns,
                time: Dur::from_nanos(report.makespan_ns).to_string(),
                speedup: report.speedup,
                times: report.speedup.map_or_else(String::new, times),
                outcome: report.outcome.to_owned(),
                best: best == Some(at),
                late: self.timelines[at].end_ns as f64 > end_ns,
                held: held_back(report, settings[at]).text,
                words: words::sentence(trace, &self.timelines[at]),
            }
        };
        let mut next = 0..asked.len();
        let mut rows = Vec::new();
        for (written, entry) in ask.plans.iter().zip(&entries) {
            let run = match entry {
                Ok(_) => Ok(run(next.next().unwrap_or_default())),
                Err(error) => Err(error.clone()),
            };
            rows.push(Row {
                written: written.clone(),
                run,
            });
        }
        let mut states: Vec<u8> = self
            .timelines
            .iter()
            .flat_map(Timeline::states)
            .map(|kind| kind as u8)
            .collect();
        states.sort_unstable();
        states.dedup();
        Ok(Shown {
            title: title.clone(),
            notes: scenario.notes.clone().unwrap_or_default(),
            seed: scenario.seed,
            cores,
            tasks: race.runs.first().map_or(0, |run| run.tasks),
            rows,
            verdict: verdict::verdict(&race, &settings, &names),
            states,
        })
    }

    /// Where the axis ends.
    fn end_ns(&self) -> f64 {
        laid::window(&self.timelines, self.best_ns) as f64 * laid::AIR
    }

    /// A picture a run, and one of the axis below them.
    fn draw(&self, width_px: u32) -> Vec<Picture> {
        let width = width_px.max(120) as f32;
        let narrow = width_px < NARROW_PX;
        let gutter = if narrow {
            0.0
        } else {
            laid::gutter(&self.timelines)
        };
        let scale = TimeScale::new(0.0, self.end_ns(), f64::from(gutter), f64::from(width));
        let spacing = if narrow { 70.0 } else { 110.0 };
        let titles = (!narrow).then_some(0.0);
        let mut pictures = Vec::new();
        for (timeline, ended) in self.timelines.iter().zip(&self.ended) {
            let mut list = DrawList::default();
            let bottom = laid::lanes(timeline, &scale, titles, 0.0, &mut list);
            let mut marks = DrawList::default();
            grid(&scale, (0.0, bottom - 4.0), spacing, &mut marks);
            list.lines.append(&mut marks.lines);
            if *ended && timeline.end_ns as f64 <= scale.end_ns() {
                let x = scale.px(timeline.end_ns as f64) as f32;
                list.line((x, 0.0), (x, bottom), 1.0, Chrome::Ink);
            }
            pictures.push(Picture {
                width,
                height: bottom,
                list,
            });
        }
        let mut list = DrawList::default();
        grid(&scale, (0.0, 3.0), spacing, &mut list);
        pictures.push(Picture {
            width,
            height: 20.0,
            list,
        });
        pictures
    }
}

/// Refuses what would not fit into a browser's memory.
fn small(scenario: &Scenario, entry: Entry) -> Result<Entry, String> {
    let steps = work::steps(scenario);
    match steps > MOST_STEPS {
        true => Err(format!(
            "{steps} steps are too many for a browser, which runs up to {MOST_STEPS}: save the text to a \
             file and run `trilane simulate FILE --plan '{}'`",
            entry.plan
        )),
        false => Ok(entry),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(text: &str, plans: &[&str]) -> Ask {
        Ask {
            text: text.to_owned(),
            plans: plans.iter().map(|&plan| plan.to_owned()).collect(),
            cores: None,
            python: "3.14".to_owned(),
            width_px: 700,
        }
    }

    fn text(count: u64) -> String {
        format!(
            "trilane = 1\ntitle = \"t\"\n[tasks.a]\ncount = {count}\nsteps = [{{ io = \"1ms\" }}]\n"
        )
    }

    #[test]
    fn a_race_has_a_row_a_plan_and_a_picture_a_run() {
        let plans = ["sync", "threads(0)", "asyncio", "interpreters@3.11"];
        let (reply, pictures) = Agent::default().answer(&Request::Race(ask(&text(10), &plans)));
        let Reply::Race(shown) = reply else {
            panic!("{reply:?}")
        };
        let ran: Vec<bool> = shown.rows.iter().map(|row| row.run.is_ok()).collect();
        assert_eq!(ran, [true, false, true, false]);
        assert_eq!(pictures.len(), 3);
        assert!(shown.verdict.contains("asyncio"), "{}", shown.verdict);
        assert!(shown.rows[2].run.as_ref().is_ok_and(|run| run.best));
        assert!(pictures.iter().all(|picture| picture.width == 700.0));
    }

    #[test]
    fn pictures_are_drawn_again_at_another_width() {
        let mut agent = Agent::default();
        agent.answer(&Request::Race(ask(&text(10), &["sync"])));
        let (reply, pictures) = agent.answer(&Request::Draw { width_px: 300 });
        assert_eq!(reply, Reply::Drawn);
        assert!(pictures.len() == 2 && pictures[0].width == 300.0);
    }

    #[test]
    fn what_cannot_be_run_is_said() {
        let mut agent = Agent::default();
        let (reply, _) = agent.answer(&Request::Race(ask("trilane = 1\nfoo = 2", &["sync"])));
        assert!(matches!(reply, Reply::Problems(told) if told.iter().any(|(line, _)| *line == 2)));
        let large = ask(&text(5_000_000), &["sync"]);
        let (reply, _) = agent.answer(&Request::Race(large));
        let Reply::Race(shown) = reply else {
            panic!("{reply:?}")
        };
        let error = shown.rows[0].run.as_ref().expect_err("too large");
        assert!(error.contains("trilane simulate FILE"), "{error}");
        let other = Ask {
            python: "2.7".to_owned(),
            ..ask(&text(1), &["sync"])
        };
        let (reply, _) = agent.answer(&Request::Race(other));
        assert!(matches!(reply, Reply::Refused(text) if text.contains("unknown Python")));
    }

    #[test]
    fn the_document_is_the_command_lines() {
        let request = Request::Simulate {
            text: text(3),
            plans: vec![],
        };
        let (reply, _) = Agent::default().answer(&request);
        assert!(matches!(reply, Reply::Json(Ok(text)) if text.ends_with("}\n")));
    }
}
