//! The words of a language around its chapters, as `language.toml` has them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Words of the page around the chapters: buttons, sliders, verdicts. `{0}` and `{1}` are filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// The list of chapters.
    pub chapters: String,
    /// The choice of language.
    pub language: String,
    /// To the chapter before.
    pub previous: String,
    /// To the chapter after.
    pub next: String,
    /// How many of how many guesses of a chapter are made.
    pub guesses: String,
    /// Above a guess.
    pub guess_first: String,
    /// Above a quiz.
    pub believe: String,
    /// The slider of a guess.
    pub your_guess: String,
    /// Runs what was guessed.
    pub run: String,
    /// What came out.
    pub answer: String,
    /// The verdict on a guess within a tenth.
    pub close: String,
    /// The verdict on a guess that was too long, with how many times.
    pub too_long: String,
    /// The verdict on a guess that was too short, with how many times.
    pub too_short: String,
    /// Guesses once more.
    pub again: String,
    /// Plays.
    pub play: String,
    /// Stops playing.
    pub pause: String,
    /// The playhead's slider.
    pub playhead: String,
    /// The fastest.
    pub best: String,
    /// Turns the knobs back.
    pub reset: String,
    /// Opens the race in the Lab.
    pub lab: String,
    /// The race is being run.
    pub simulating: String,
    /// The states' colours.
    pub legend: String,
    /// A link leads to no chapter.
    pub lost: String,
    /// The flowchart.
    pub choose: Choose,
    /// A chapter as a file of its own.
    pub page: OwnPage,
    /// The place that makes snippets for notes.
    pub embed: Embed,
}

/// Words around snippets for notes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Embed {
    /// The place's heading.
    pub title: String,
    /// The form with what is wanted.
    pub form: String,
    /// Its heading.
    pub what: String,
    /// The preview with the snippets.
    pub look: String,
    /// The choice of a widget.
    pub shown_as: String,
    /// The choice of a theme.
    pub theme: String,
    /// The host's theme.
    pub auto: String,
    /// A theme.
    pub light: String,
    /// A theme.
    pub dark: String,
    /// Of a quiz: it asks of its last plan.
    pub last_plan: String,
    /// No guess is asked for.
    pub nothing: String,
    /// Of a quiz: the claim.
    pub claim: String,
    /// A claim to begin with.
    pub first_claim: String,
    /// Of a quiz: why the claim is wrong.
    pub why: String,
    /// Why, to begin with.
    pub first_why: String,
    /// The choice of knobs: how many at most.
    pub knobs: String,
    /// Where scenario and plans come from.
    pub from_lab: String,
    /// The way there.
    pub to_lab: String,
    /// How pictures for print are made: three commands.
    pub print: String,
    /// On the button of what was copied.
    pub copied: String,
    /// The page was built without the elements.
    pub missing: String,
    /// The script cannot be fetched: its address.
    pub failed: String,
    /// What a frame with the flowchart is called.
    pub flowchart: String,
    /// Each widget by its name in a block.
    pub kinds: BTreeMap<String, String>,
    /// Each sort of notes by its snippet's name.
    pub hosts: BTreeMap<String, Host>,
}

/// A sort of notes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// What it is called.
    pub title: String,
    /// What to do with the snippet.
    pub hint: String,
}

/// Words of a chapter that is a file of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnPage {
    /// The text of a scenario.
    pub scenario: String,
    /// So many of so many tasks are done.
    pub done: String,
    /// Who made it: the version.
    pub made: String,
}

/// The flowchart's words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choose {
    /// The first question: is it CPU-bound?
    pub cpu: String,
    /// The second: is it I/O-bound?
    pub io: String,
    /// The third: is there an async library?
    pub library: String,
    /// An answer.
    pub yes: String,
    /// An answer.
    pub no: String,
    /// Takes an answer back.
    pub back: String,
    /// Processes, and why.
    pub processes: String,
    /// Asyncio, and why.
    pub asyncio: String,
    /// Threads, and why.
    pub threads: String,
    /// Staying synchronous, and why.
    pub sync: String,
    /// The way to the race.
    pub race: String,
    /// The chart, for who cannot see it.
    pub chart: String,
    /// Takes all answers back.
    pub again: String,
    /// Takes the last change back.
    pub undo: String,
    /// Does it again.
    pub redo: String,
    /// Answers as the scenario's own numbers do.
    pub fill: String,
    /// What the scenario's own numbers answer, at an answer.
    pub own: String,
    /// What is asked for where the scenario's text has a problem.
    pub broken: String,
    /// The place's heading.
    pub title: String,
    /// What one does here.
    pub about: String,
    /// Above the choice of a scenario.
    pub scenario: String,
    /// A scenario that is no example.
    pub own_scenario: String,
    /// The numbers behind an answer.
    pub reasons: Reasons,
    /// What it ends in.
    pub outcome: Outcome,
    /// What speaks for each sort of plan, and against it.
    pub sides: Sides,
}

/// Why a scenario's numbers answer as they do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    /// So much of a task is computing: share, of what, waiting.
    pub computes: String,
    /// So much of it is Python.
    pub python: String,
    /// So much of it is native code.
    pub native: String,
    /// So much is waiting: share, waiting, computing.
    pub waits: String,
    /// It does neither.
    pub nothing: String,
    /// Nothing waits.
    pub no_waits: String,
    /// There is nothing else to do meanwhile.
    pub nothing_meanwhile: String,
    /// So many tasks wait at once, on average.
    pub together: String,
    /// So many tasks can wait at once.
    pub all_at_once: String,
    /// No I/O blocks.
    pub nothing_blocks: String,
    /// So much of it does, the rest can be awaited.
    pub some_blocks: String,
    /// So much of it does.
    pub most_blocks: String,
}

/// Words around what the simulation says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Every plan is run once: so many of so many.
    pub ranking: String,
    /// Every plan is run under jitter: so many of so many.
    pub jitter: String,
    /// Knobs are turned: so many of so many.
    pub knobs: String,
    /// Ends the work.
    pub cancel: String,
    /// It was ended.
    pub cancelled: String,
    /// Begins the work.
    pub work_out: String,
    /// It could not be done: why.
    pub failed: String,
    /// The plan to take.
    pub take: String,
    /// No plan gets to the end.
    pub never: String,
    /// The flowchart and the simulation name the same: it.
    pub agree: String,
    /// The flowchart's plan is as good: it, the fastest.
    pub level: String,
    /// Interpreters are the flowchart's processes in one process: the plan.
    pub same_idea: String,
    /// The flowchart's plan is slower: it, the plan to take, by how many times.
    pub disagree: String,
    /// The flowchart's plan does not get to the end: it, the plan to take.
    pub stuck: String,
    /// The scenario's own numbers end elsewhere: where.
    pub elsewhere: String,
    /// What the flowchart says.
    pub flowchart: String,
    /// What the simulation says.
    pub simulation: String,
    /// Why the plan.
    pub why: String,
    /// What speaks for it.
    pub pros: String,
    /// What speaks against it.
    pub cons: String,
    /// The chapter about it.
    pub chapter: String,
    /// The ranked runs.
    pub evidence: String,
    /// How the runs were made: seeds, cores, Python.
    pub made: String,
    /// Only one task in so many was run.
    pub sampled: String,
    /// A plan.
    pub plan: String,
    /// Its median run time.
    pub median: String,
    /// The interval with half of its runs.
    pub half: String,
    /// Times faster than the plain loop.
    pub speedup: String,
    /// What held it back.
    pub held: String,
    /// Plans on another Python.
    pub other_python: String,
    /// All plans are shown.
    pub all: String,
    /// Where the answer flips.
    pub flips: String,
    /// It flips nowhere.
    pub no_flips: String,
    /// Nobody looked.
    pub not_searched: String,
    /// Flips were looked for on one task in so many.
    pub flips_sampled: String,
    /// From a value up: the value.
    pub above: String,
    /// From a value down: the value.
    pub below: String,
    /// At another value: the value.
    pub is: String,
    /// The value now: the value.
    pub now: String,
    /// A flip on the plot: the value, who wins.
    pub to: String,
    /// The plot's vertical axis.
    pub run_time: String,
    /// The plot's knob.
    pub knob: String,
    /// Nothing can be plotted.
    pub no_plot: String,
    /// The program.
    pub program: String,
    /// What the program is, and is not.
    pub program_about: String,
    /// Copies it.
    pub copy: String,
    /// Saves it.
    pub save: String,
    /// Opens the scenario in the Lab.
    pub lab: String,
}

/// What speaks for each sort of plan, and against it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sides {
    /// A plain loop.
    pub sync: Side,
    /// Threads.
    pub threads: Side,
    /// An event loop.
    pub asyncio: Side,
    /// Processes.
    pub processes: Side,
    /// Interpreters.
    pub interpreters: Side,
    /// An event loop with executors under it.
    pub mixed: Side,
}

/// What speaks for a sort of plan, and against it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// What it is called: `threads`.
    pub name: String,
    /// For it.
    pub pros: Vec<String>,
    /// Against it.
    pub cons: Vec<String>,
}
