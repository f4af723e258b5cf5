//! Proof by simulation: that every block runs, that what it claims holds, and that every number in a
//! text is what comes out.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;
use trilane_core::profile::{default_python, embedded};
use trilane_core::race::simulate;
use trilane_core::scenario;

use crate::block::{Block, Fence, reachable};
use crate::chapter::{Chapter, Figure};
use crate::course::{Language, Trouble};
use crate::quantity::{Claim, Fault, Operator, Quantity, Term, Turn, Unit};
use crate::shown::{self, Decimal, Number, numbers};

/// The runs of a course, each simulated once.
pub struct Proof<'c> {
    source: &'c Language,
    runs: Runs,
}

/// What a quantity is in runs.
#[derive(Clone, Debug, PartialEq)]
enum Found {
    Number(f64),
    Word(String),
}

impl Found {
    fn told(&self) -> String {
        match self {
            Found::Number(number) => number.to_string(),
            Found::Word(word) => word.clone(),
        }
    }
}

/// What is wrong with a block by itself: it does not run, or a claim, whose text stands beside it, does not hold.
pub fn block(block: &Block) -> Vec<(Option<String>, Fault)> {
    let runs = RefCell::default();
    if let Err(fault) = run(&runs, block, &[]) {
        return vec![(None, fault)];
    }
    let claims = block.expect.iter();
    claims
        .filter_map(|claim| {
            let fault = holds(&runs, block, claim).err()?;
            Some((Some(claim.text.clone()), fault))
        })
        .collect()
}

/// Runs of blocks, by their texts and plans.
type Runs = RefCell<BTreeMap<String, Vec<Value>>>;

impl<'c> Proof<'c> {
    /// For a course in its own language, whose blocks say everything.
    pub fn new(source: &'c Language) -> Proof<'c> {
        Proof {
            source,
            runs: RefCell::default(),
        }
    }

    /// Blocks that do not run, and claims that do not hold.
    pub fn claims(&self) -> Vec<Trouble> {
        let mut troubles = Vec::new();
        for chapter in &self.source.chapters {
            for placed in &chapter.fences {
                let mut add = |span: &Range<usize>, (message, remedy): Fault| {
                    troubles.push(self.source.trouble(chapter, span, message, remedy));
                };
                let Fence::Block(block) = &placed.fence else {
                    let message = "the course's own language has whole blocks".to_owned();
                    let remedy = "add `widget = …` and what it shows".to_owned();
                    add(&placed.span, (message, remedy));
                    continue;
                };
                if let Err(fault) = self.run(block, &[]) {
                    add(&placed.span, fault);
                    continue;
                }
                for claim in &block.expect {
                    if let Err(fault) = self.holds(block, claim) {
                        add(&claim_span(chapter, &placed.span, claim), fault);
                    }
                }
            }
        }
        troubles
    }

    fn holds(&self, block: &Block, claim: &Claim) -> Result<(), Fault> {
        holds(&self.runs, block, claim)
    }

    /// Figures of a language's texts that are not what comes out, and numbers that nothing stands for.
    pub fn figures(&self, language: &Language) -> Vec<Trouble> {
        let mut troubles = Vec::new();
        for chapter in &language.chapters {
            for figure in &chapter.figures {
                if let Err((message, remedy)) = self.figure(language, chapter, figure) {
                    troubles.push(language.trouble(chapter, &figure.link.span, message, remedy));
                }
            }
            for (span, number) in self.unfounded(language, chapter) {
                let message = format!("`{number}` comes from nowhere");
                let remedy =
                    "make it a link that says what it is: `[320 ms](#block \"threads(4)\")`";
                troubles.push(language.trouble(chapter, &span, message, remedy));
            }
        }
        troubles
    }

    /// The texts of a language in which every figure is what comes out, of those chapters in which
    /// it was not, by their files.
    ///
    /// # Errors
    /// Figures that cannot be worked out.
    pub fn rewritten(&self, language: &Language) -> Result<BTreeMap<String, String>, Vec<Trouble>> {
        let (mut texts, mut troubles) = (BTreeMap::new(), Vec::new());
        for chapter in &language.chapters {
            let mut text = chapter.text.clone();
            for figure in chapter.figures.iter().rev() {
                match self.exact(chapter, figure).and_then(|exact| {
                    let number = number(chapter, figure, language.decimal)?;
                    Ok((exact, number))
                }) {
                    Ok((exact, number)) if !number.says(exact) => {
                        let begin = figure.label.start;
                        let span = number.span.start + begin..number.span.end + begin;
                        text.replace_range(span, &number.written(exact, language.decimal));
                    }
                    Ok(_) => {}
                    Err((message, remedy)) => {
                        troubles.push(language.trouble(
                            chapter,
                            &figure.link.span,
                            message,
                            remedy,
                        ));
                    }
                }
            }
            if text != chapter.text {
                texts.insert(chapter.file.clone(), text);
            }
        }
        match troubles.is_empty() {
            true => Ok(texts),
            false => Err(troubles),
        }
    }

    fn figure(&self, language: &Language, chapter: &Chapter, figure: &Figure) -> Result<(), Fault> {
        let exact = self.exact(chapter, figure)?;
        let number = number(chapter, figure, language.decimal)?;
        let unit = figure.reading.quantity.unit;
        if number.unit != unit {
            let message = format!("{unit:?} is meant, and {:?} is written", number.unit);
            return Err((
                message,
                "write the number with its unit: `320 ms`".to_owned(),
            ));
        }
        if number.says(exact) {
            return Ok(());
        }
        let label = &chapter.text[figure.label.clone()];
        let written = number.written(exact, language.decimal);
        let message = format!("`{label}` is {written} by now");
        Err((
            message,
            "look whether the sentence still holds, then `cargo xtask lessons --write`".to_owned(),
        ))
    }

    /// What a figure is, in ns, bytes or ones.
    fn exact(&self, chapter: &Chapter, figure: &Figure) -> Result<f64, Fault> {
        let own = (self.source.chapters.iter()).find(|own| own.file == chapter.file);
        let target = own.and_then(|own| self.source.chapter(&figure.link.file, own));
        let block = target.and_then(|target| target.block(&figure.link.anchor));
        let Some(block) = block else {
            let message = "a figure of no block".to_owned();
            return Err((
                message,
                "link to the `id` of the block that shows it".to_owned(),
            ));
        };
        let reading = &figure.reading;
        let controls = scenario::controls(block.scenario.as_deref().unwrap_or_default());
        let plans = reading.quantity.plans();
        reachable(plans, &reading.when, &block.plans, &block.knobs, &controls)?;
        let runs = self.run(block, &reading.when)?;
        match find(block, &runs, &reading.quantity)? {
            Found::Number(number) => Ok(number),
            Found::Word(word) => Err((
                format!("`{word}` is no number"),
                "write it as a word, and claim it in the block".to_owned(),
            )),
        }
    }

    fn run(&self, block: &Block, when: &[Turn]) -> Result<Vec<Value>, Fault> {
        run(&self.runs, block, when)
    }

    /// Numbers of a chapter that are neither a figure nor given: with a unit, as a multiple, or with
    /// something behind the decimal mark.
    fn unfounded(&self, language: &Language, chapter: &Chapter) -> Vec<(Range<usize>, String)> {
        let own = (self.source.chapters.iter()).find(|own| own.file == chapter.file);
        let given = own.map(given).unwrap_or_default();
        let mut found = Vec::new();
        for span in &chapter.prose {
            let text = &chapter.text[span.clone()];
            for number in numbers(text, language.decimal) {
                let version = number.digits > 0 && text[number.span.clone()].starts_with("3.");
                let exact = number.value * number.scale;
                let known = given
                    .iter()
                    .any(|given| given.unit == number.unit && given.value * given.scale == exact);
                let counts = number.unit == Unit::Number
                    && number.digits == 0
                    && number.scale == 1.0
                    && !shown::is_multiple(&text[number.span.end..]);
                if !(version || known || counts) {
                    let place = span.start + number.span.start..span.start + number.span.end;
                    found.push((place, text[number.span].to_owned()));
                }
            }
        }
        found
    }
}

fn holds(runs: &Runs, block: &Block, claim: &Claim) -> Result<(), Fault> {
    let found = run(runs, block, &claim.when)?;
    let left = find(block, &found, &claim.left)?;
    let right = find(block, &found, &claim.right)?;
    let holds = match (&left, &right) {
        (Found::Number(left), Found::Number(right)) => claim.relation.holds(*left, *right),
        _ => left == right,
    };
    if holds {
        return Ok(());
    }
    let message = format!("`{}` does not hold", claim.text);
    let (left, right) = (left.told(), right.told());
    let remedy = format!("left is {left}, right {right} (ns, bytes, ones): claim what is so");
    Err((message, remedy))
}

/// The runs of a block's plans, as documents.
fn run(all: &Runs, block: &Block, when: &[Turn]) -> Result<Vec<Value>, Fault> {
    if block.scenario.is_none() {
        return Ok(Vec::new());
    }
    let text = block.text(when)?;
    let key = format!("{text}\n{}", block.plans.join("\n"));
    if let Some(runs) = all.borrow().get(&key) {
        return Ok(runs.clone());
    }
    let race = simulate(&text, &block.plans).map_err(|error| {
        (
            error.to_string(),
            "give the block work and plans that run".to_owned(),
        )
    })?;
    let document = |report| serde_json::to_value(report).expect("only numbers and strings");
    let runs: Vec<Value> = race.runs.iter().map(document).collect();
    all.borrow_mut().insert(key, runs.clone());
    Ok(runs)
}

/// Where a claim is written.
fn claim_span(chapter: &Chapter, block: &Range<usize>, claim: &Claim) -> Range<usize> {
    match chapter.text[block.clone()].find(&claim.text) {
        Some(at) => block.start + at..block.start + at + claim.text.len(),
        None => block.clone(),
    }
}

/// What a chapter's blocks say themselves, and the switch interval.
fn given(chapter: &Chapter) -> Vec<Number> {
    let mut given = Vec::new();
    for placed in &chapter.fences {
        let Fence::Block(block) = &placed.fence else {
            continue;
        };
        let turns = block.expect.iter().flat_map(|claim| &claim.when);
        let turns = turns.chain(
            chapter
                .figures
                .iter()
                .flat_map(|figure| &figure.reading.when),
        );
        let values: Vec<&str> = turns.map(|(_, value)| value.as_str()).collect();
        let scenario = block.scenario.as_deref().unwrap_or_default();
        for text in values.into_iter().chain([scenario]) {
            given.extend(numbers(text, Decimal::Point));
        }
    }
    let interval = embedded(default_python()).map(|profile| profile.costs().switch_interval);
    given.extend(interval.map(|interval| Number {
        span: 0..0,
        value: interval as f64,
        digits: 0,
        scale: 1.0,
        unit: Unit::Time,
    }));
    given
}

/// The number that a figure shows.
fn number(chapter: &Chapter, figure: &Figure, decimal: Decimal) -> Result<Number, Fault> {
    let label = &chapter.text[figure.label.clone()];
    let first = numbers(label, decimal).into_iter().next();
    first.ok_or_else(|| {
        let message = format!("`{label}` shows no number");
        (
            message,
            "a link with a title is a figure: write the number in digits".to_owned(),
        )
    })
}

fn find(block: &Block, runs: &[Value], quantity: &Quantity) -> Result<Found, Fault> {
    let first = term(block, runs, &quantity.first)?;
    let Some((operator, second)) = &quantity.second else {
        return Ok(first);
    };
    match (first, term(block, runs, second)?) {
        (Found::Number(first), Found::Number(second)) => Ok(Found::Number(match operator {
            Operator::Over => first / second,
            Operator::Minus => first - second,
        })),
        (first, _) => Ok(first),
    }
}

fn term(block: &Block, runs: &[Value], term: &Term) -> Result<Found, Fault> {
    let (times, figure, plan) = match term {
        Term::Value(value) => return Ok(Found::Number(*value)),
        Term::Word(word) => return Ok(Found::Word(word.clone())),
        Term::Figure {
            times,
            figure,
            plan,
        } => (times, figure, plan),
    };
    let run = block.plans.iter().position(|shown| shown == plan);
    let run = run.and_then(|at| runs.get(at));
    let pointer = format!("/{}", figure.replace('.', "/"));
    match run.and_then(|run| run.pointer(&pointer)) {
        Some(Value::String(word)) => Ok(Found::Word(word.clone())),
        Some(Value::Number(number)) => Ok(Found::Number(times * number.as_f64().unwrap_or(0.0))),
        _ => Err((
            format!("the run of `{plan}` has no `{figure}`"),
            "ask for a figure that it has: a loop's lag needs a loop".to_owned(),
        )),
    }
}
