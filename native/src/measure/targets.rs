//! What is to be measured: each plan under each Python of this machine, or Rust, with what is predicted of
//! it.

use std::collections::BTreeMap;

use anyhow::Result;
use trilane_core::model;
use trilane_core::plan::{Plan, PlanSpec, Shape, default_plans};
use trilane_core::profile::{self, Costs};
use trilane_core::workload::Workload;

use super::limits;
use super::runtime::Runtime;
use crate::failure::bad_input;
use crate::python::Interpreter;

/// One plan under one Python.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The plan.
    pub(crate) plan: Plan,
    /// What runs it.
    pub(crate) runtime: Runtime,
    /// What its Python costs, as far as is known.
    pub(crate) costs: Costs,
    /// The run time that is predicted.
    pub(crate) expected_ns: u64,
    /// Whether a run is predicted to end at all.
    pub(crate) ends: bool,
}

impl Target {
    /// The plan for people: a start method only where it is not that Python's own.
    pub(crate) fn name(&self) -> String {
        crate::machine::short_name(self.plan, self.costs.default_start)
    }

    /// The same, with what runs it where that is not the set's.
    pub(crate) fn label(&self, python: &str) -> String {
        let runtime = self.runtime.name();
        match runtime == python {
            true => self.name(),
            false => format!("{}@{runtime}", self.name()),
        }
    }
}

/// All of them, and what the user should know of how they were chosen.
#[derive(Clone, Debug)]
pub(crate) struct Targets {
    /// In the order asked for: Python by Python, plan by plan.
    pub(crate) targets: Vec<Target>,
    /// The first Python's name: that of plans which do not fix theirs.
    pub(crate) python: String,
    /// Remarks, a line each.
    pub(crate) remarks: Vec<String>,
}

/// Gives what runs plans by its name, where it is to be had.
pub(crate) type Find<'a> = &'a dyn Fn(&str) -> Result<Runtime>;

/// What was asked for.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) plans: &'a [PlanSpec],
    /// At least one.
    pub(super) runtimes: &'a [Runtime],
    /// Finds the others, which plans name.
    pub(super) find: Find<'a>,
    /// Profiles that go before the embedded ones, by their Python.
    pub(super) costs: &'a BTreeMap<String, Costs>,
    pub(super) cores: u32,
}

impl Targets {
    /// Resolves the plans for what runs them, and checks that all can be run, before anything is.
    pub(super) fn find(wanted: Wanted<'_>, work: &Workload) -> Result<Targets> {
        let (pythons, specs) = (wanted.runtimes, wanted.plans);
        let mut finder = Finder {
            wanted,
            remarks: Vec::new(),
            work,
        };
        let mut targets = Vec::new();
        for (number, python) in pythons.iter().enumerate() {
            for spec in specs {
                match &spec.python {
                    None => targets.push(finder.target(spec, python)?),
                    // A plan that fixes its Python is run once.
                    Some(_) if number > 0 => {}
                    Some(name) => targets.push(finder.target(spec, &(wanted.find)(name)?)?),
                }
            }
            if specs.is_empty() {
                targets.extend(finder.default_set(python, number == 0)?);
            }
        }
        Ok(Targets {
            targets,
            python: pythons[0].name(),
            remarks: finder.remarks,
        })
    }
}

struct Finder<'a> {
    wanted: Wanted<'a>,
    remarks: Vec<String>,
    work: &'a Workload,
}

impl Finder<'_> {
    /// The default plans; one whose Python is not on this machine is left out.
    fn default_set(&mut self, python: &Runtime, first: bool) -> Result<Vec<Target>> {
        let mut targets = Vec::new();
        for mut spec in default_plans() {
            if let (Runtime::Rust { .. }, Some(other)) = (python, &mut spec.python) {
                // Python's other build has no lock; Rust's has one.
                *other = Runtime::Rust { gil: true }.name();
            }
            match &spec.python {
                None => targets.push(self.target(&spec, python)?),
                Some(_) if !first && !python.is_rust() => {}
                Some(name) => match (self.wanted.find)(name) {
                    Ok(other) => targets.push(self.target(&spec, &other)?),
                    Err(_) => self.remark(format!(
                        "there is no Python {name} here, so the default plan for it is left out"
                    )),
                },
            }
        }
        Ok(targets)
    }

    fn target(&mut self, spec: &PlanSpec, runtime: &Runtime) -> Result<Target> {
        can_have(spec, runtime)?;
        let costs = self.costs(runtime);
        let plan = spec
            .resolve(self.wanted.cores, &costs)
            .map_err(|error| bad_input(error.to_string()))?;
        can_run(spec, &plan, runtime)?;
        if let Some(warning) = limits::check(&plan, self.work)? {
            self.remark(warning);
        }
        let setup = model::Setup::new(self.work, plan, &costs, self.wanted.cores);
        let report = model::summarise(&setup);
        Ok(Target {
            plan,
            runtime: runtime.clone(),
            expected_ns: report.makespan_ns,
            ends: report.outcome == "completed",
            costs,
        })
    }

    fn remark(&mut self, text: String) {
        if !self.remarks.contains(&text) {
            self.remarks.push(text);
        }
    }

    /// What a runtime costs: the profile that was given for it, the embedded one, or the nearest.
    fn costs(&mut self, runtime: &Runtime) -> Costs {
        let name = runtime.name();
        let given = self.wanted.costs.get(&name).cloned();
        let mut costs = match (given, runtime) {
            (Some(costs), _) => costs,
            (None, Runtime::CPython(python)) => self.embedded(python),
            (None, Runtime::Rust { gil }) => {
                profile::runtime(&name, None).unwrap_or_else(|| Costs::ideal(&name, *gil))
            }
        };
        costs.python = name;
        costs.gil = runtime.gil();
        costs.has_interpreters = runtime.has_interpreters();
        costs
    }

    fn embedded(&mut self, python: &Interpreter) -> Costs {
        let name = python.name();
        if let Some(profile) = profile::embedded(&name) {
            return profile.costs();
        }
        let nearest = nearest(python);
        self.remark(format!(
            "there is no profile of Python {name}: predicting with that of {nearest}; \
             `trilane calibrate --python {name}` makes one for --profile"
        ));
        profile::embedded(nearest).map_or_else(
            || Costs::ideal(&name, python.gil),
            |profile| profile.costs(),
        )
    }
}

/// The embedded profile of the version that comes nearest, with or without the GIL.
fn nearest(python: &Interpreter) -> &'static str {
    let minor = |name: &str| -> i64 {
        let digits = name.trim_end_matches('t').rsplit('.').next().unwrap_or("");
        digits.parse().unwrap_or(0)
    };
    let far = |name: &&&str| {
        let other_build = name.ends_with('t') == python.gil;
        (
            other_build,
            (minor(name) - i64::from(python.version[1])).abs(),
        )
    };
    profile::embedded_names()
        .iter()
        .min_by_key(far)
        .copied()
        .unwrap_or(profile::default_python())
}

/// Refuses what the runtime lacks.
fn can_run(spec: &PlanSpec, plan: &Plan, runtime: &Runtime) -> Result<()> {
    let pool = match plan {
        Plan::Processes { pool, .. } => Some(pool),
        Plan::Asyncio {
            processes: Some(pool),
            ..
        } => Some(pool),
        _ => None,
    };
    let Some(pool) = pool else { return Ok(()) };
    let start = pool.start.name();
    let methods = runtime.start_methods();
    if methods.iter().any(|method| method == start) {
        return Ok(());
    }
    Err(bad_input(format!(
        "`{spec}` starts its processes by `{start}`, which {} cannot do on this system: it has {}",
        runtime.label(),
        methods.join(", ")
    )))
}

/// Refuses interpreters where there are none.
fn can_have(spec: &PlanSpec, runtime: &Runtime) -> Result<()> {
    if !matches!(spec.shape, Shape::Interpreters { .. }) || runtime.has_interpreters() {
        return Ok(());
    }
    Err(bad_input(match runtime {
        Runtime::CPython(python) => format!(
            "`{spec}` needs InterpreterPoolExecutor, which came with Python 3.14, and this is {}: \
             give --python 3.14, or another plan",
            python.release
        ),
        Runtime::Rust { .. } => format!(
            "`{spec}` needs interpreters, and Rust has none: give --python 3.14, or a plan with threads or \
             processes"
        ),
    }))
}
