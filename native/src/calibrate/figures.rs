//! What the Python side says that it measured, as it comes through the pipe.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The answer to `{"do": "calibrate"}`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Answer {
    pub(crate) figures: Figures,
}

/// Everything that was measured in one go.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Figures {
    /// CPU time of a turn of an empty loop, ns.
    pub(crate) turn_ns: f64,
    /// The same of a round in C.
    pub(crate) native_ns: f64,
    /// Version, build and compiler in full.
    pub(crate) build: String,
    /// The processor, in words.
    pub(crate) machine: String,
    pub(crate) cores: u32,
    /// The system and its kernel.
    pub(crate) system: String,
    /// `2026-11-23`, where the machine is.
    pub(crate) date: String,
    /// The default start method of process pools.
    pub(crate) start: String,
    /// Whether few samples were taken.
    pub(crate) quick: bool,
    /// Cores that were busy with something else; `None` where the system does not say.
    pub(crate) other_load: Option<f64>,
    pub(crate) figures: BTreeMap<String, Measured>,
    /// Why others could not be measured.
    pub(crate) missing: BTreeMap<String, String>,
}

/// One figure: the value in whichever of the forms it has, and how it was found.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Measured {
    pub(crate) how: String,
    pub(crate) ns: Option<f64>,
    pub(crate) ppm: Option<f64>,
    pub(crate) bytes: Option<f64>,
    pub(crate) spread: f64,
    pub(crate) samples: u32,
    /// Percent and nanoseconds.
    pub(crate) quantiles: Option<Vec<(f64, u64)>>,
    /// Bytes, and nanoseconds of dumps, loads and either end of the pipe.
    pub(crate) rows: Option<Vec<(u64, u64, u64, u64)>>,
    /// Busy cores and ppm.
    pub(crate) busy: Option<Vec<(u32, u64)>>,
}
