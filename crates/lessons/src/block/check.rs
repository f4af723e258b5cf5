//! From the keys of a block to what they mean, with everything that is wrong.

use std::ops::Range;

use toml::Spanned;
use trilane_core::examples;
use trilane_core::plan::parse_plan;
use trilane_core::profile::embedded_names;
use trilane_core::scenario::{self, Control, Draw, Format, Problem};
use trilane_core::text::{nearest, shown};
use trilane_core::units::Time;

use super::knob::{no_knob, reachable, turned};
use super::{
    Block, Fault, Fence, MOST_KNOBS, MOST_PLANS, Phrase, Raw, VERSION, Widget, Words, is_slug,
};
use crate::quantity::{self, Claim};

/// What is wrong with a block, as it is found.
pub(super) struct Check<'t> {
    text: &'t str,
    faults: Vec<Fault>,
}

impl<'t> Check<'t> {
    pub(super) fn new(text: &'t str) -> Check<'t> {
        Check {
            text,
            faults: Vec::new(),
        }
    }

    fn add(
        &mut self,
        span: Range<usize>,
        path: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.faults.push(Fault {
            span,
            path: path.to_owned(),
            message: message.into(),
            remedy: remedy.into(),
        });
    }

    pub(super) fn fence(mut self, raw: &Raw) -> Result<Fence, Vec<Fault>> {
        match (self.whole(raw), self.faults.is_empty()) {
            (Some(fence), true) => Ok(fence),
            _ => Err(self.faults),
        }
    }

    fn whole(&mut self, raw: &Raw) -> Option<Fence> {
        if *raw.v.get_ref() != VERSION {
            let message = format!("version {} of the format is not known", raw.v.get_ref());
            self.add(raw.v.span(), "v", message, "write `v = 1`");
        }
        let id = raw.id.get_ref();
        if !is_slug(id) {
            let message = format!("{} is no anchor", shown(id));
            self.add(
                raw.id.span(),
                "id",
                message,
                "use small letters, digits and hyphens",
            );
        }
        let words = Words {
            caption: self.phrase("caption", &raw.caption),
            question: self.phrase("question", &raw.question),
            claim: self.phrase("claim", &raw.claim),
            why: self.phrase("why", &raw.why),
        };
        let Some(widget) = &raw.widget else {
            self.only_words(raw);
            let id = id.clone();
            return Some(Fence::Words { id, words });
        };
        let widget = self.widget(widget)?;
        self.words(raw, widget);
        let (example, scenario) = self.scenario(raw, widget)?;
        let controls = scenario
            .as_deref()
            .map(scenario::controls)
            .unwrap_or_default();
        let plans = self.plans(raw, example, scenario.is_some());
        let knobs = self.knobs(raw, &controls);
        let guess = self.guess(raw, widget, &plans);
        let at = self.instant(raw);
        let expect = self.claims(raw, &plans, &knobs, &controls);
        Some(Fence::Block(Box::new(Block {
            id: id.clone(),
            widget,
            example: example.map(|example| example.name.to_owned()),
            scenario,
            plans,
            knobs,
            guess,
            at,
            expect,
            words,
        })))
    }

    fn phrase(&mut self, key: &str, words: &Option<Spanned<String>>) -> Option<Phrase> {
        let words = words.as_ref()?;
        let text = words.get_ref().trim();
        let written = self.text.get(words.span()).unwrap_or_default();
        let begin = written.find(text).filter(|_| !text.is_empty());
        let Some(begin) = begin.map(|begin| words.span().start + begin) else {
            let message = format!("`{key}` is empty, or not written as it reads");
            let remedy = "write it in single quotes, '…' or '''…''', where nothing is escaped";
            self.add(words.span(), key, message, remedy);
            return None;
        };
        Some(Phrase {
            text: text.to_owned(),
            span: begin..begin + text.len(),
        })
    }

    /// A translation that says more than words: it would say it twice.
    fn only_words(&mut self, raw: &Raw) {
        let there = [
            ("example", raw.example.as_ref().map(Spanned::span)),
            ("scenario", raw.scenario.as_ref().map(Spanned::span)),
            ("plans", raw.plans.as_ref().map(Spanned::span)),
            ("guess", raw.guess.as_ref().map(Spanned::span)),
            ("at", raw.at.as_ref().map(Spanned::span)),
            ("knobs", raw.knobs.first().map(Spanned::span)),
            ("expect", raw.expect.first().map(Spanned::span)),
            ("set", raw.set.values().next().map(Spanned::span)),
        ];
        for (key, span) in there {
            let Some(span) = span else { continue };
            self.add(
                span,
                key,
                format!("`{key}` in a block without `widget`"),
                "name the widget; or, in a translation, leave everything out but the words",
            );
        }
    }

    fn widget(&mut self, name: &Spanned<String>) -> Option<Widget> {
        let found = Widget::ALL
            .iter()
            .find(|(known, _)| known == name.get_ref());
        if let Some((_, widget)) = found {
            return Some(*widget);
        }
        let names = Widget::ALL.map(|(name, _)| name);
        let remedy = match nearest(name.get_ref(), names) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("there are {}", names.join(", ")),
        };
        let message = format!("unknown widget {}", shown(name.get_ref()));
        self.add(name.span(), "widget", message, remedy);
        None
    }

    /// Which words a widget has, and which it must have.
    fn words(&mut self, raw: &Raw, widget: Widget) {
        let name = widget.name();
        let quiz = widget == Widget::Quiz;
        let needed = [
            ("caption", &raw.caption, !quiz),
            ("claim", &raw.claim, quiz),
            ("why", &raw.why, quiz),
        ];
        for (key, words, needed) in needed {
            match words {
                None if needed => self.add(
                    raw.id.span(),
                    key,
                    format!("a {name} without `{key}`"),
                    format!("add `{key} = \"…\"`"),
                ),
                Some(words) if !needed && key != "caption" => self.add(
                    words.span(),
                    key,
                    format!("a {name} has no `{key}`"),
                    "only a quiz has one: write it into the text",
                ),
                _ => {}
            }
        }
        if let Some(question) = &raw.question
            && raw.guess.is_none()
        {
            let remedy = "add `guess = \"PLAN\"`, or leave the question out";
            self.add(
                question.span(),
                "question",
                "a question without a guess",
                remedy,
            );
        }
    }

    /// The example and the text, with what `set` changes in it.
    fn scenario(
        &mut self,
        raw: &Raw,
        widget: Widget,
    ) -> Option<(Option<&'static examples::Example>, Option<String>)> {
        let (example, text) = match (&raw.example, &raw.scenario) {
            (Some(name), None) => {
                let example = self.example(name)?;
                (Some(example), example.text().to_owned())
            }
            (None, Some(text)) => (None, text.get_ref().clone()),
            (None, None) if widget == Widget::Choose => return Some((None, None)),
            (Some(_), Some(text)) => {
                let remedy = "keep one of them; `set` changes values of an example";
                self.add(
                    text.span(),
                    "scenario",
                    "both an example and a scenario",
                    remedy,
                );
                return None;
            }
            (None, None) => {
                let message = format!("a {} without work", widget.name());
                let remedy = "add `example = \"NAME\"`, or a `scenario` in '''…'''";
                self.add(raw.id.span(), "example", message, remedy);
                return None;
            }
        };
        if let Err(problems) = scenario::parse(&text, Format::guess("", &text)) {
            let place = raw.scenario.as_ref().map_or(0..0, Spanned::span);
            for problem in problems {
                self.inner(&place, &text, problem);
            }
            return None;
        }
        let mut text = text;
        for (key, value) in &raw.set {
            text = self.set(text, key, value)?;
        }
        Some((example, Some(text)))
    }

    fn example(&mut self, name: &Spanned<String>) -> Option<&'static examples::Example> {
        let found = examples::find(name.get_ref());
        if found.is_none() {
            let remedy = match nearest(name.get_ref(), examples::all().iter().map(|e| e.name)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "`trilane examples` lists them".to_owned(),
            };
            let message = format!("unknown example {}", shown(name.get_ref()));
            self.add(name.span(), "example", message, remedy);
        }
        found
    }

    /// A problem of the scenario, at its own place in the block where that can be told.
    fn inner(&mut self, place: &Range<usize>, text: &str, problem: Problem) {
        let written = self.text.get(place.clone()).unwrap_or_default();
        let before: usize = (text.split_inclusive('\n').take(problem.line as usize - 1))
            .map(str::len)
            .sum();
        let line = text[before..].lines().next().unwrap_or_default();
        let column = line.chars().take(problem.column as usize - 1);
        let offset = before + column.map(char::len_utf8).sum::<usize>();
        let span = match written.find(text) {
            Some(begin) => {
                let from = place.start + begin + offset;
                from..from + problem.width as usize
            }
            None => place.clone(),
        };
        self.add(span, &problem.path, problem.message, problem.remedy);
    }

    fn set(&mut self, text: String, key: &str, value: &Spanned<toml::Value>) -> Option<String> {
        let written = match value.get_ref() {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match turned(&text, key, &written) {
            Ok(text) => Some(text),
            Err((message, remedy)) => {
                self.add(value.span(), key, message, remedy);
                None
            }
        }
    }

    fn plans(&mut self, raw: &Raw, example: Option<&examples::Example>, work: bool) -> Vec<String> {
        let Some(list) = &raw.plans else {
            let plans = example.map_or(&[][..], |example| example.plans);
            if work && plans.is_empty() {
                let remedy = "add `plans = [\"threads(8)\", \"asyncio\"]`";
                self.add(raw.id.span(), "plans", "a scenario without plans", remedy);
            }
            return plans.iter().map(|&plan| plan.to_owned()).collect();
        };
        let mut plans: Vec<String> = Vec::new();
        for plan in list.get_ref() {
            self.plan(plan);
            if plans.contains(plan.get_ref()) {
                let message = format!("{} stands there twice", shown(plan.get_ref()));
                self.add(plan.span(), "plans", message, "keep one of them");
            }
            plans.push(plan.get_ref().clone());
        }
        if plans.is_empty() || plans.len() > MOST_PLANS {
            let message = format!("{} plans", plans.len());
            let remedy = format!("give one to {MOST_PLANS}");
            self.add(list.span(), "plans", message, remedy);
        }
        plans
    }

    fn plan(&mut self, plan: &Spanned<String>) {
        match parse_plan(plan.get_ref()) {
            Err(error) => self.add(
                plan.span(),
                "plans",
                error.to_string(),
                "docs/SCENARIOS.md lists the plans",
            ),
            Ok(spec) => {
                let known = embedded_names();
                let unknown = spec
                    .python
                    .filter(|python| !known.contains(&python.as_str()));
                if let Some(python) = unknown {
                    let message = format!("unknown Python {}", shown(&python));
                    let remedy = format!("there are {}", known.join(", "));
                    self.add(plan.span(), "plans", message, remedy);
                }
            }
        }
    }

    fn knobs(&mut self, raw: &Raw, controls: &[Control]) -> Vec<String> {
        if let Some(third) = raw.knobs.get(MOST_KNOBS) {
            let message = format!("{} knobs", raw.knobs.len());
            let remedy = "show two at most: the Lab has all of them";
            self.add(third.span(), "knobs", message, remedy);
        }
        for knob in &raw.knobs {
            if !controls
                .iter()
                .any(|control| control.key == *knob.get_ref())
            {
                let (message, remedy) = no_knob(knob.get_ref(), controls);
                self.add(knob.span(), "knobs", message, remedy);
            }
        }
        raw.knobs
            .iter()
            .map(|knob| knob.get_ref().clone())
            .collect()
    }

    fn guess(&mut self, raw: &Raw, widget: Widget, plans: &[String]) -> Option<usize> {
        let Some(guess) = &raw.guess else {
            if widget == Widget::Quiz {
                let remedy = "add `guess = \"PLAN\"`: the plan whose run time is asked for";
                self.add(raw.id.span(), "guess", "a quiz without a guess", remedy);
            }
            return None;
        };
        if matches!(widget, Widget::Kitchen | Widget::Choose) {
            let message = format!("a {} asks for no guess", widget.name());
            self.add(
                guess.span(),
                "guess",
                message,
                "put it into a race before this one",
            );
        }
        let found = plans.iter().position(|plan| plan == guess.get_ref());
        if found.is_none() {
            let message = format!("{} is none of the plans", shown(guess.get_ref()));
            let remedy = format!("guess one of {}", plans.join(", "));
            self.add(guess.span(), "guess", message, remedy);
        }
        found
    }

    fn instant(&mut self, raw: &Raw) -> Option<Time> {
        let at = raw.at.as_ref()?;
        match at.get_ref().parse() {
            Ok(Draw::Fixed(after)) => Some(Time::ZERO + after),
            _ => {
                let message = format!("{} is no instant", shown(at.get_ref()));
                self.add(at.span(), "at", message, "write a duration: `120ms`");
                None
            }
        }
    }

    fn claims(
        &mut self,
        raw: &Raw,
        plans: &[String],
        knobs: &[String],
        controls: &[Control],
    ) -> Vec<Claim> {
        let mut claims = Vec::new();
        for text in &raw.expect {
            let read = quantity::claim(text.get_ref()).and_then(|claim| {
                reachable(claim.plans(), &claim.when, plans, knobs, controls)?;
                Ok(claim)
            });
            match read {
                Ok(claim) => claims.push(claim),
                Err((message, remedy)) => self.add(text.span(), "expect", message, remedy),
            }
        }
        claims
    }
}
