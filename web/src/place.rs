//! Places: what the page shows at an address: `#/learn`, `#/lab`, `#/choose`, `#/measure` or `#/embed`.
//!
//! A new place is a variant here, its words below, and an arm in `components::app`; the header, the title,
//! the links and the focus follow.

/// A place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Every plan races.
    #[default]
    Lab,
    /// The course.
    Learn,
    /// The flowchart, and what the simulation says to it.
    Choose,
    /// Real runs, beside their predictions.
    Measure,
    /// What to put into one's notes.
    Embed,
}

impl Place {
    /// All there are, in the order of the header.
    pub const ALL: [Place; 5] = [
        Place::Learn,
        Place::Lab,
        Place::Choose,
        Place::Measure,
        Place::Embed,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Place::Learn => "learn",
            Place::Lab => "lab",
            Place::Choose => "choose",
            Place::Measure => "measure",
            Place::Embed => "embed",
        }
    }

    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Place::Learn => "Learn",
            Place::Lab => "Lab",
            Place::Choose => "Choose",
            Place::Measure => "Measure",
            Place::Embed => "Embed",
        }
    }

    /// What the browser's tab and its history call it.
    pub fn title(self) -> &'static str {
        match self {
            Place::Learn => "Learn concurrent Python, with Trilane",
            Place::Lab => "Trilane: see how concurrent Python runs",
            Place::Choose => "Choose, with Trilane: the flowchart and the simulation",
            Place::Measure => "Measure, with Trilane: predicted and measured",
            Place::Embed => "Embed a simulation in your notes, with Trilane",
        }
    }

    /// The place of a name.
    pub fn of(name: &str) -> Option<Place> {
        Place::ALL.into_iter().find(|place| place.name() == name)
    }
}
