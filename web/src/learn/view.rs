//! A widget in a chapter, as it is turned and played: a reducer of its own, so that no widget draws the
//! others anew.

use trilane_core::scenario::{Setting, turn};

/// A run plays in so many milliseconds, however long it is.
const PLAYS_MS: f64 = 5000.0;

/// A widget's state.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The scenario, as it is turned.
    pub text: String,
    /// The scenario as the chapter has it.
    first: String,
    /// Where the playhead is, once it was moved, ns.
    playhead_ns: Option<u64>,
    /// Where it stands until then; at the end where nothing is said, ns.
    rest_ns: Option<u64>,
    /// When the longest run ends, ns.
    pub end_ns: u64,
    /// The playhead moves by itself.
    pub playing: bool,
    /// It is in sight.
    pub seen: bool,
}

/// What can happen to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// A knob is turned.
    Turn(String, Setting),
    /// Knobs and playhead go back to where they were.
    Reset,
    /// It comes into sight, or goes.
    Seen(bool),
    /// The runs are there; the longest takes so long, and here most is to be seen, if not at the end, ns.
    Ran(u64, Option<u64>),
    /// The playhead is moved, ns.
    Seek(u64),
    /// It plays, or stops.
    Play(bool),
    /// It plays from the beginning.
    Start,
    /// So much time passed while it plays, ms.
    Tick(f64),
}

impl View {
    /// A widget with this scenario and this place of its playhead.
    pub fn new(text: &str, at_ns: Option<u64>) -> View {
        View {
            text: text.to_owned(),
            first: text.to_owned(),
            playhead_ns: at_ns,
            rest_ns: None,
            end_ns: 0,
            playing: false,
            seen: false,
        }
    }

    /// Whether a knob was turned.
    pub fn turned(&self) -> bool {
        self.text != self.first
    }

    /// Where the playhead is, ns.
    pub fn at_ns(&self) -> u64 {
        let resting = self.rest_ns.unwrap_or(self.end_ns);
        self.playhead_ns.unwrap_or(resting).min(self.end_ns)
    }

    /// The state after something happened.
    pub fn after(&self, act: Act) -> View {
        let mut view = self.clone();
        match act {
            Act::Turn(key, to) => {
                if let Some(text) = turn(&view.text, &key, to) {
                    view.text = text;
                }
            }
            Act::Reset => view.text.clone_from(&view.first),
            Act::Seen(seen) => {
                view.seen = seen;
                view.playing &= seen;
            }
            Act::Ran(end_ns, rest_ns) => (view.end_ns, view.rest_ns) = (end_ns, rest_ns),
            Act::Seek(ns) => {
                view.playhead_ns = Some(ns.min(view.end_ns));
                view.playing = false;
            }
            Act::Play(playing) => {
                if playing && (view.playhead_ns.is_none() || view.at_ns() >= view.end_ns) {
                    view.playhead_ns = Some(0);
                }
                view.playing = playing && view.end_ns > 0;
            }
            Act::Start => {
                view.playhead_ns = Some(0);
                view.playing = view.end_ns > 0;
            }
            Act::Tick(ms) => {
                let moved = view.at_ns() as f64 + ms / PLAYS_MS * view.end_ns as f64;
                view.playhead_ns = Some((moved as u64).min(view.end_ns));
                view.playing &= view.at_ns() < view.end_ns;
            }
        }
        view
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "trilane = 1\ntitle = \"t\"\n[tasks.a]\ncount = 1\nsteps = [{ io = \"1ms\" }]\n";

    fn after(acts: &[Act]) -> View {
        let begin = View::new(TEXT, None);
        acts.iter().fold(begin, |view, act| view.after(act.clone()))
    }

    #[test]
    fn it_plays_to_its_end_while_it_is_seen() {
        let view = after(&[Act::Seen(true), Act::Ran(100, None), Act::Play(true)]);
        assert_eq!((view.at_ns(), view.playing), (0, true));
        let view = view.after(Act::Tick(PLAYS_MS / 2.0));
        assert_eq!((view.at_ns(), view.playing), (50, true));
        assert!(!view.after(Act::Seen(false)).playing);
        let view = view.after(Act::Tick(PLAYS_MS));
        assert_eq!((view.at_ns(), view.playing), (100, false));
        assert_eq!(view.after(Act::Start).at_ns(), 0);
        assert_eq!(view.after(Act::Seek(500)).at_ns(), 100);
    }

    #[test]
    fn until_it_is_moved_it_stands_where_most_is_to_be_seen() {
        let view = after(&[Act::Ran(100, Some(40))]);
        assert_eq!(view.at_ns(), 40);
        // Whoever plays it sees all of it.
        assert_eq!(view.after(Act::Play(true)).at_ns(), 0);
        assert_eq!(view.after(Act::Seek(70)).at_ns(), 70);
        assert_eq!(after(&[Act::Ran(100, None)]).at_ns(), 100);
        assert_eq!(
            View::new(TEXT, Some(9))
                .after(Act::Ran(100, Some(40)))
                .at_ns(),
            9
        );
    }

    #[test]
    fn knobs_turn_its_own_text() {
        let key = "tasks.a.count".to_owned();
        let view = after(&[Act::Turn(key, Setting::Count(5))]);
        assert!(
            view.turned() && view.text.contains("count = 5"),
            "{}",
            view.text
        );
        assert!(!view.after(Act::Reset).turned());
    }
}
