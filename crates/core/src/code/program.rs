//! A program in the making: what every family of plans needs to write one.
//!
//! Functions are written first; what they turned out to use (imports, helpers, the seed) is put in
//! front of them at the end. So a program never holds what it does not use.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::Plan;
use crate::scenario::{Arrive, Scenario};

use super::helpers::{self, Helper};
use super::names::{Names, identifier};
use super::steps;
use super::text::{self, integer, one_line};
use super::version::Version;
use super::writer::Writer;

/// The Python names around one kind of task.
#[derive(Debug)]
pub(super) struct KindNames {
    /// The function that does one task.
    pub(super) function: String,
    /// The futures, threads or results of all its tasks.
    pub(super) tasks: String,
    /// How many of them have ended.
    pub(super) done: String,
}

/// A program in the making.
pub(super) struct Program<'a> {
    /// What it is to do.
    pub(super) scenario: &'a Scenario,
    /// For which Python.
    pub(super) version: Version,
    /// Names for each kind of the scenario.
    pub(super) kinds: Vec<KindNames>,
    /// Names for each resource of the scenario.
    pub(super) resources: Vec<String>,
    /// Names nobody has yet.
    pub(super) names: Names,
    /// Assignments in front of all functions.
    pub(super) globals: Writer,
    /// The functions.
    pub(super) py: Writer,
    /// How it is run.
    pub(super) plan: Plan,
    /// Modules, each with the names taken from it; `""` stands for the module itself.
    pub(super) imports: BTreeMap<&'static str, BTreeSet<&'static str>>,
    /// Helpers it uses.
    pub(super) helpers: BTreeSet<Helper>,
    said: BTreeSet<&'static str>,
    /// Whether it draws.
    pub(super) seeded: bool,
    /// The statement that starts it.
    pub(super) entry: &'static str,
}

impl<'a> Program<'a> {
    /// An empty program with its names settled.
    pub(super) fn new(scenario: &'a Scenario, plan: Plan, version: Version) -> Program<'a> {
        let mut names = Names::default();
        let functions: Vec<String> = scenario
            .kinds
            .iter()
            .map(|k| names.claim(&identifier(&k.name, "task")))
            .collect();
        let resources = scenario
            .resources
            .iter()
            .map(|r| names.claim(&identifier(&r.name, "resource")))
            .collect();
        let kinds = functions
            .into_iter()
            .map(|function| {
                let stem = function.trim_end_matches('_').to_owned();
                KindNames {
                    function,
                    tasks: names.claim(&format!("{stem}_tasks")),
                    done: names.claim(&format!("{stem}_done")),
                }
            })
            .collect();
        Program {
            scenario,
            version,
            kinds,
            resources,
            names,
            globals: Writer::default(),
            py: Writer::default(),
            plan,
            imports: BTreeMap::new(),
            helpers: BTreeSet::new(),
            said: BTreeSet::new(),
            seeded: false,
            entry: "main()",
        }
    }

    /// The program is written for this version or a later one.
    pub(super) fn needs_python(&mut self, minor: u32) {
        self.version = self.version.at_least(minor);
    }

    /// `main` is a coroutine.
    pub(super) fn enter_by_asyncio(&mut self) {
        self.import("asyncio");
        self.entry = "asyncio.run(main())";
    }

    /// `import module`
    pub(super) fn import(&mut self, module: &'static str) {
        self.imports.entry(module).or_default().insert("");
    }

    /// `from module import name`
    pub(super) fn import_from(&mut self, module: &'static str, name: &'static str) {
        self.imports.entry(module).or_default().insert(name);
    }

    /// Puts a helper into the program, with what it stands on.
    pub(super) fn help(&mut self, helper: Helper) {
        if self.helpers.insert(helper) {
            helpers::require(self, helper);
            self.seeded |= helper == Helper::Poisson;
        }
    }

    /// Writes a comment, the first time it is asked for.
    pub(super) fn say_once(&mut self, text: &'static str) {
        if self.said.insert(text) {
            self.py.comment(text);
        }
    }

    /// The program draws: it gets a seed.
    pub(super) fn seed(&mut self) {
        self.import("random");
        self.seeded = true;
    }

    /// Writes the head of a function with its doc string.
    pub(super) fn open_function(
        &mut self,
        head: &str,
        params: &[String],
        returns: &str,
        doc: &str,
    ) {
        self.py.blank(2);
        self.py.open_call(head, params, &format!(" -> {returns}:"));
        if !doc.is_empty() {
            self.py.line(format!("\"\"\"{doc}\"\"\""));
        }
    }

    /// Opens `main` and starts its clock.
    pub(super) fn open_main(&mut self, head: &str) {
        self.open_function(
            head,
            &[],
            "None",
            "Run all the tasks and say how long they took.",
        );
        self.import("time");
        self.py.line("started = time.perf_counter()");
    }

    /// When the tasks of a kind arrive, in seconds after its release, as an iterable of floats;
    /// `None` where all arrive at once.
    pub(super) fn offsets(&mut self, kind: usize) -> Option<String> {
        let count = integer(u64::from(self.scenario.kinds[kind].count));
        match self.scenario.kinds[kind].arrive {
            Arrive::AtOnce => None,
            Arrive::Every(gap) => Some(format!(
                "(n * {} for n in range({count}))",
                text::fixed(gap)
            )),
            Arrive::Poisson { per_second } => {
                self.help(Helper::Poisson);
                let (rate, name) = (float(per_second), &self.kinds[kind].function);
                Some(format!("poisson({rate}, {count}, \"{name}\")"))
            }
        }
    }

    /// As [`Program::offsets`], zeros where all arrive at once.
    pub(super) fn all_offsets(&mut self, kind: usize) -> String {
        match self.offsets(kind) {
            Some(offsets) => offsets,
            None => {
                self.import_from("itertools", "repeat");
                format!(
                    "repeat(0.0, {})",
                    integer(u64::from(self.scenario.kinds[kind].count))
                )
            }
        }
    }

    /// The numbers of a kind's tasks, each as its task arrives.
    pub(super) fn numbers(&mut self, kind: usize) -> String {
        self.numbers_by(kind, Helper::Arrivals)
    }

    /// As [`Program::numbers`], for `async for` where tasks come over time.
    pub(super) fn async_numbers(&mut self, kind: usize) -> String {
        self.numbers_by(kind, Helper::AsyncArrivals)
    }

    fn numbers_by(&mut self, kind: usize, arrivals: Helper) -> String {
        let Some(offsets) = self.offsets(kind) else {
            return format!(
                "range({})",
                integer(u64::from(self.scenario.kinds[kind].count))
            );
        };
        self.help(arrivals);
        // A generator that is the only argument needs no brackets of its own.
        match offsets.strip_prefix('(') {
            Some(bare) => format!("arrivals({bare}"),
            None => format!("arrivals({offsets})"),
        }
    }

    /// A queue with its capacity: `queue.Queue(maxsize=10)`, `queue.Queue()` where it has no bound.
    pub(super) fn queue_object(class: &str, capacity: u32) -> String {
        match capacity {
            0 => format!("{class}()"),
            _ => format!("{class}(maxsize={})", integer(u64::from(capacity))),
        }
    }

    /// The resources that any task uses, as indices.
    pub(super) fn used_resources(&self) -> Vec<usize> {
        let kinds = self.scenario.kinds.iter();
        let used: BTreeSet<usize> = kinds
            .flat_map(|kind| steps::resources(&kind.steps))
            .collect();
        used.into_iter().collect()
    }

    /// A comment that says which kinds a stage waits for.
    pub(super) fn stage_comment(&mut self, stage: &[usize]) {
        let names: Vec<String> = stage
            .iter()
            .map(|&k| one_line(&self.scenario.kinds[k].name))
            .collect();
        let verb = if names.len() == 1 { "starts" } else { "start" };
        let text = format!(
            "{} {verb} once everything above has ended.",
            names.join(", ")
        );
        self.py.comment(&text);
    }

    /// Writes what becomes of kinds that wait for each other.
    pub(super) fn stuck_kinds(&mut self, stuck: &[usize]) {
        if stuck.is_empty() {
            return;
        }
        self.py
            .comment("These follow each other in a circle, so none of them ever starts.");
        for &kind in stuck {
            let line = format!("{} = 0", self.kinds[kind].done);
            self.py.line(line);
        }
    }
}

/// A rate as one writes it: `50`, `0.5`.
fn float(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        format!("{value:.0}")
    } else {
        format!("{value:?}")
    }
}
