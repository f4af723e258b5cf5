//! A widget as somebody else's page orders it: words and names in attributes, made into a widget of a chapter.

use serde::Deserialize;
use trilane_core::examples;
use trilane_core::plan::{default_plans, parse_plan};
use trilane_core::scenario::{self, Draw, Format, controls};
use trilane_lessons::block::{self, MOST_PLANS};
use trilane_lessons::page::{Node, Widget};

/// What the script around an element found on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Order {
    /// The version of the format; nothing is the newest.
    pub v: String,
    /// What it is shown as: `race`, `timeline`, `kitchen`, `choose` or `quiz`.
    pub kind: String,
    /// The scenario's text.
    pub scenario: String,
    /// An embedded example, in place of a text.
    pub example: String,
    /// Plans, with `,` or `;` in between; the example's or the default ones where none are named.
    pub plans: String,
    /// Knobs to show, by their keys, with blanks or `,` in between.
    pub knobs: String,
    /// The plan whose run time is guessed first.
    pub guess: String,
    /// Where the playhead stands at first: `120ms`.
    pub at: String,
    /// What it shows.
    pub caption: String,
    /// What is asked before the guess.
    pub question: String,
    /// Of a quiz: what is often believed.
    pub claim: String,
    /// Of a quiz: why it is wrong.
    pub why: String,
    /// Where the page is that this was built with.
    pub home: String,
    /// Drawn for a dark ground.
    pub dark: bool,
}

impl Order {
    /// The widget that is meant.
    ///
    /// # Errors
    /// What is wrong, with line and column where it is in the scenario, and what to do.
    pub fn widget(&self) -> Result<Widget, String> {
        if !matches!(self.v.as_str(), "" | "1") {
            return Err(format!(
                "`v` is `{}`, and this script reads version 1: take a newer script, or write v=\"1\"",
                self.v
            ));
        }
        let kind = block::Widget::ALL
            .iter()
            .find(|(name, _)| *name == self.kind);
        let Some((_, kind)) = kind.copied() else {
            let all: Vec<&str> = block::Widget::ALL.iter().map(|(name, _)| *name).collect();
            let all = all.join(", ");
            return Err(format!("`{}` is no widget: there are {all}", self.kind));
        };
        let (title, scenario) = match kind {
            block::Widget::Choose => (String::new(), None),
            _ => {
                let (title, text) = self.text()?;
                (title, Some(text))
            }
        };
        let text = scenario.as_deref().unwrap_or_default();
        let plans = self.plans()?;
        Ok(Widget {
            id: "widget".to_owned(),
            kind,
            plans: match kind {
                block::Widget::Choose => vec![],
                _ => plans.clone(),
            },
            knobs: self.knobs(text)?,
            guess: self.guess(kind, &plans)?,
            at_ns: self.instant()?,
            // For those who cannot see it the caption is its name.
            caption: match self.caption.is_empty() && self.claim.is_empty() {
                true => words(&title),
                false => words(&self.caption),
            },
            question: words(&self.question),
            claim: words(&self.claim),
            why: words(&self.why),
            scenario,
        })
    }

    /// The scenario's title and text, which can be run.
    fn text(&self) -> Result<(String, String), String> {
        let text = match (self.example.as_str(), self.scenario.trim()) {
            ("", "") => {
                return Err(
                    "there is no scenario: write its text into the element, or give \
                            `scenario`, `src` or `example`"
                        .to_owned(),
                );
            }
            ("", _) => self.scenario.as_str(),
            (name, _) => match examples::find(name) {
                Some(example) => example.text(),
                None => {
                    return Err(format!(
                        "`{name}` is no example: `trilane examples` lists them, and so does the Lab"
                    ));
                }
            },
        };
        match scenario::parse(text, Format::guess("", text)) {
            Ok(scenario) => Ok((scenario.title, text.to_owned())),
            Err(problems) => {
                let all: Vec<String> = problems.iter().map(|p| p.render("line")).collect();
                Err(all.join("\n\n"))
            }
        }
    }

    fn plans(&self) -> Result<Vec<String>, String> {
        let named = apart(&self.plans);
        let plans = match (named.is_empty(), examples::find(&self.example)) {
            (false, _) => named,
            (true, Some(example)) => example.plans.iter().map(|&plan| plan.to_owned()).collect(),
            (true, None) => default_plans().iter().map(ToString::to_string).collect(),
        };
        if plans.len() > MOST_PLANS {
            let many = plans.len();
            return Err(format!("`plans` has {many}: give one to {MOST_PLANS}"));
        }
        for plan in &plans {
            parse_plan(plan).map_err(|error| format!("`plans`: {error}"))?;
        }
        Ok(plans)
    }

    fn knobs(&self, text: &str) -> Result<Vec<String>, String> {
        let keys = self.knobs.split([',', ' ', '\n', '\t']);
        let keys: Vec<String> = (keys.map(str::trim))
            .filter(|key| !key.is_empty())
            .map(str::to_owned)
            .collect();
        let known = controls(text);
        match keys
            .iter()
            .find(|key| !known.iter().any(|knob| knob.key == **key))
        {
            None => Ok(keys),
            Some(key) => {
                let known: Vec<&str> = known.iter().map(|knob| knob.key.as_str()).collect();
                let known = known.join(", ");
                Err(format!(
                    "`knobs`: `{key}` is no knob of this scenario; they are: {known}"
                ))
            }
        }
    }

    /// The plan to be guessed. A quiz always asks, of its last plan where it does not say.
    fn guess(&self, kind: block::Widget, plans: &[String]) -> Result<Option<usize>, String> {
        match (self.guess.trim(), kind) {
            ("", block::Widget::Quiz) => Ok(plans.len().checked_sub(1)),
            ("", _) => Ok(None),
            (guess, _) => match plans.iter().position(|plan| plan == guess) {
                Some(at) => Ok(Some(at)),
                None => Err(format!(
                    "`guess`: `{guess}` is none of the plans; they are: {}",
                    plans.join(", ")
                )),
            },
        }
    }

    fn instant(&self) -> Result<Option<u64>, String> {
        match (self.at.trim(), self.at.parse::<Draw>()) {
            ("", _) => Ok(None),
            (_, Ok(Draw::Fixed(at))) => Ok(Some(at.as_nanos())),
            (at, _) => Err(format!(
                "`at`: `{at}` is no instant: write a duration, such as 120ms"
            )),
        }
    }
}

/// Plans are apart by `;` or `,`, but a plan may have a `,` within its brackets.
fn apart(list: &str) -> Vec<String> {
    let mut depth = 0u32;
    let parts = list.split(|c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && matches!(c, ',' | ';')
    });
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

fn words(text: &str) -> Vec<Node> {
    match text.trim() {
        "" => vec![],
        text => vec![Node::Text(text.to_owned())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(kind: &str) -> Order {
        Order {
            kind: kind.to_owned(),
            example: "web-scraping".to_owned(),
            plans: "sync, asyncio(limit=4), processes(2, chunk=3)".to_owned(),
            ..Order::default()
        }
    }

    #[test]
    fn attributes_become_a_widget() {
        let order = Order {
            guess: "asyncio(limit=4)".to_owned(),
            at: "120ms".to_owned(),
            caption: "Pages".to_owned(),
            ..order("race")
        };
        let widget = order.widget().expect("all of it is right");
        assert_eq!(
            widget.plans,
            ["sync", "asyncio(limit=4)", "processes(2, chunk=3)"]
        );
        assert_eq!((widget.guess, widget.at_ns), (Some(1), Some(120_000_000)));
        assert_eq!(widget.caption, [Node::Text("Pages".to_owned())]);
        let quiz = self::order("quiz")
            .widget()
            .expect("it asks of the last plan");
        assert_eq!(quiz.guess, Some(2));
        let plain = Order {
            plans: String::new(),
            example: String::new(),
            scenario:
                "trilane = 1\ntitle = \"t\"\n[tasks.a]\ncount = 2\nsteps = [{ io = \"1ms\" }]\n"
                    .to_owned(),
            knobs: "tasks.a.count".to_owned(),
            ..self::order("timeline")
        };
        let plain = plain.widget().expect("the default plans will do");
        assert!(plain.plans.len() > 2 && plain.knobs == ["tasks.a.count"]);
        assert!(
            Order {
                kind: "choose".to_owned(),
                ..Order::default()
            }
            .widget()
            .is_ok()
        );
    }

    #[test]
    fn whatever_is_wrong_is_told_with_a_remedy() {
        let check = |order: Order, expect: &str| {
            let why = order.widget().expect_err(expect);
            assert!(why.contains(expect), "{why}");
        };
        check(order("racer"), "`racer` is no widget");
        check(
            Order {
                v: "2".to_owned(),
                ..order("race")
            },
            "reads version 1",
        );
        check(
            Order {
                example: "nope".to_owned(),
                ..order("race")
            },
            "`nope` is no example",
        );
        check(
            Order {
                example: String::new(),
                ..order("race")
            },
            "there is no scenario",
        );
        check(
            Order {
                plans: "treads(8)".to_owned(),
                ..order("race")
            },
            "`plans`: ",
        );
        check(
            Order {
                guess: "threads".to_owned(),
                ..order("race")
            },
            "none of the plans",
        );
        check(
            Order {
                at: "soon".to_owned(),
                ..order("race")
            },
            "no instant",
        );
        check(
            Order {
                knobs: "tasks.x.count".to_owned(),
                ..order("race")
            },
            "is no knob",
        );
        let broken = Order {
            example: String::new(),
            scenario: "trilane = 1\ntitle = \"t\"\n[tasks.a]\ncuont = 2\n".to_owned(),
            ..order("race")
        };
        check(broken, "line:4:1");
    }
}
