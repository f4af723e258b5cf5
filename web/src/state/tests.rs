//! What the visitor does, and what the page then wants and shows.

use trilane_core::examples;
use trilane_core::scenario::Setting;

use super::*;
use crate::wire::{Of, Ran, Reply, Row, Source, Told};

fn start() -> State {
    State::of("", Look::System)
}

fn after(state: &State, actions: impl IntoIterator<Item = Action>) -> State {
    let first = state.clone();
    actions
        .into_iter()
        .fold(first, |state, action| state.after(action))
}

#[test]
fn learn_has_addresses_of_its_own_and_leaves_the_lab_alone() {
    let lab = start();
    let learn = after(&lab, [Action::Follow("#/learn/gil/native-code".to_owned())]);
    assert_eq!(
        (learn.place, learn.path.as_str()),
        (Place::Learn, "gil/native-code")
    );
    assert_eq!(learn.link(), "#/learn/gil/native-code");
    assert_eq!((learn.lab_link(), learn.race), (lab.link(), lab.race));
    let first = after(&learn, [Action::Follow("#/learn".to_owned())]);
    assert_eq!(
        (first.link().as_str(), first.notice.is_none()),
        ("#/learn", true)
    );
    let back = after(&first, [Action::Follow(first.lab_link())]);
    assert_eq!(
        (back.place, &back.question.text),
        (Place::Lab, &lab.question.text)
    );
    let nowhere = after(&lab, [Action::Follow("#/learner".to_owned())]);
    assert_eq!(nowhere.place, Place::Lab);
}

/// The race that the state asks for, with a row a plan, all run.
fn raced(state: &State) -> State {
    let row = |(at, plan): (u32, &String)| Row {
        written: plan.clone(),
        source: Source::Plan(at),
        machine: String::new(),
        pair: None,
        run: Ok(Ran {
            plan: plan.clone(),
            best: plan == state.question.plans.last().expect("a plan"),
            ..Ran::default()
        }),
    };
    let shown = Shown {
        race: state.race,
        rows: (0..).zip(&state.question.plans).map(row).collect(),
        end_ns: 1_000_000_000,
        ..Shown::default()
    };
    state.after(Action::Answer(
        Box::new(Reply::Race(Box::new(shown))),
        vec![],
    ))
}

#[test]
fn it_begins_with_the_first_example() {
    let state = start();
    let name = state.example().map(|example| example.name);
    assert_eq!(name, Some(examples::all()[0].name));
    assert!(state.notice.is_none() && state.race_ask().is_none());
    let state = state.after(Action::Room(500, 2.0));
    let (ask, surface) = state.race_ask().expect("its width is known");
    assert_eq!((surface.width_px, surface.density), (500, 2.0));
    assert_eq!(ask.question, state.question);
}

#[test]
fn a_link_brings_everything_back() {
    let state = after(
        &raced(&start()),
        [
            Action::Open(&examples::all()[3]),
            Action::AddPlan("threads(3)@3.13t".to_owned()),
            Action::Cores(7),
            Action::Python("3.13".to_owned()),
            Action::Log(true),
        ],
    );
    let state = after(
        &raced(&state),
        [
            Action::OpenRow(Some(1)),
            Action::Tasks(true),
            Action::Window(Some((5e6, 9e6))),
            Action::Seek(7_000_000),
        ],
    );
    let back = State::of(&state.link(), Look::System);
    assert_eq!(back.question, state.question);
    assert_eq!(back.open, state.open);
    assert_eq!((back.playhead_ns, back.surface.log), (7_000_000, true));
}

#[test]
fn a_broken_link_says_so_and_opens_the_first_example() {
    let state = State::of("#/lab?v=1&s=AAAA", Look::System);
    let told = state.notice.as_deref().unwrap_or_default();
    assert!(told.contains("cannot be read"), "{told}");
    assert_eq!(state.question, start().question);
}

#[test]
fn places_change_and_what_is_raced_stays() {
    let lab = raced(&after(
        &start(),
        [Action::Cores(3), Action::AddPlan("threads(3)".to_owned())],
    ));
    let lab = lab.after(Action::Seek(7_000));
    // By the header's link, and by an address that somebody typed.
    let link = crate::link::to(Place::Measure, &lab.link());
    for address in [link.as_str(), "#/measure"] {
        let there = lab.after(Action::Follow(address.to_owned()));
        assert_eq!(there.place, Place::Measure);
        assert_eq!((&there.question, there.race), (&lab.question, lab.race));
        assert_eq!((there.playhead_ns, there.shown.is_some()), (7_000, true));
        assert!(there.history.can_undo() && there.notice.is_none());
        let back = there.after(Action::Follow(lab.link()));
        assert_eq!((back.place, back.race), (Place::Lab, lab.race));
    }
    assert_eq!(State::of("#/measure", Look::System).place, Place::Measure);
    assert_eq!(State::of(&link, Look::System).question, lab.question);
}

#[test]
fn a_place_that_is_not_known_says_so_and_opens_the_lab() {
    let state = start().after(Action::Cores(3));
    for link in ["#/nowhere", &state.link().replace("lab", "nowhere")] {
        let state = state.after(Action::Follow((*link).to_owned()));
        let told = state.notice.as_deref().unwrap_or_default();
        assert!(told.contains("no place `nowhere`"), "{told}");
        assert_eq!((state.place, state.question.cores), (Place::Lab, Some(3)));
    }
}

#[test]
fn what_is_measured_is_what_is_chosen_and_can_be_run() {
    let one = |id: &str, name: &str, refuses: Option<&str>| Interpreter {
        id: id.to_owned(),
        name: name.to_owned(),
        refuses: refuses.map(str::to_owned),
        ..Interpreter::default()
    };
    let found = vec![
        one("3.9.0", "3.9", Some("too old")),
        one("3.12.1", "3.12", None),
        one("rust", "rust", None),
    ];
    let state = after(
        &start(),
        [
            Action::AddPlan("sync@3.13".to_owned()),
            Action::AddPlan("sync@3.12".to_owned()),
            Action::Found(found),
            Action::Choose(Choice::Plan(start().question.plans[0].clone())),
            Action::Choose(Choice::Repeat(900)),
        ],
    );
    let order = state.order();
    assert_eq!(order.interpreters, ["3.12.1"]);
    assert_eq!(order.repeat, MOST_REPEATS);
    assert!(order.plans.contains(&"sync@3.12".to_owned()));
    assert!(
        !order.plans.contains(&"sync@3.13".to_owned()),
        "it is not here"
    );
    assert!(
        !order.plans.contains(&start().question.plans[0]),
        "it was left out"
    );
    assert_eq!(state.predicts().as_deref(), Some("3.12"));
    let choose = |id: &str| Action::Choose(Choice::On(id.to_owned()));
    let state = after(&state, [choose("3.12.1"), choose("rust"), choose("3.9.0")]);
    assert_eq!(state.order().interpreters, ["rust"]);
    assert_eq!(state.predicts(), None);
    // Once there is a profile of it, it predicts; and links between places keep it.
    let profile = include_str!("../../../crates/core/src/profile/data/3.12.toml");
    let profile = profile.replace("python = \"3.12\"", "python = \"rust\"");
    let state = state.after(Action::Drop("rust.toml".to_owned(), profile.into_bytes()));
    assert_eq!(state.predicts().as_deref(), Some("rust"));
    let there = state.after(Action::Follow(state.link().replace("lab?", "measure?")));
    assert_eq!(there.question, state.question);
    let back = after(&there, [Action::Cores(7), Action::Follow(state.link())]);
    assert_eq!(back.question.python, "rust");
}

#[test]
fn an_opened_row_stays_open_when_a_file_comes_between() {
    let state = raced(&start()).after(Action::OpenRow(Some(2)));
    let mut shown = state.shown.as_deref().expect("it ran").clone();
    let mut file = shown.rows[0].clone();
    file.source = Source::File(0, 0);
    shown.rows.insert(1, file);
    let link = state.link();
    let answer = |shown| Action::Answer(Box::new(Reply::Race(Box::new(shown))), vec![]);
    let state = state.after(answer(shown.clone()));
    assert_eq!(state.open.as_ref().map(|open| open.row), Some(3));
    // A link has no files, and means the same plan.
    assert_eq!(state.link(), link);
    shown.rows.remove(3);
    assert!(state.after(answer(shown)).open.is_none());
}

#[test]
fn a_wrong_plan_is_told_and_not_added() {
    let check = |written: &str, expect: &str| {
        for action in [
            Action::AddPlan(written.to_owned()),
            Action::EditPlan(1, written.to_owned()),
        ] {
            let state = start().after(action);
            assert_eq!(state.question, start().question, "{written}");
            let told = state.plan_problem.unwrap_or_default();
            assert!(told.contains(expect), "{told}");
        }
    };
    check("thread(8)", "thread");
    check("threads@9.9", "unknown Python");
    check("interpreters@3.11", "interpreters");
    check("sync", "already");
}

#[test]
fn a_plan_becomes_another_one() {
    let state = start().after(Action::EditPlan(1, " threads(12) ".to_owned()));
    assert_eq!(state.question.plans[1], "threads(12)");
    assert!(state.step && state.busy && state.plan_problem.is_none());
}

#[test]
fn problems_keep_the_last_good_race() {
    let state = raced(&start()).after(Action::Text("x".to_owned()));
    assert!(state.busy);
    let told = |race| {
        Action::Answer(
            Box::new(Reply::Problems(race, vec![Default::default()])),
            vec![],
        )
    };
    // Of an older text they are no news.
    assert!(state.after(told(state.race - 1)).busy);
    let state = state.after(told(state.race));
    assert!(state.shown.is_some() && state.problems.len() == 1 && !state.busy);
    // Its knobs are the last that could be turned.
    assert_eq!(state.knobs, start_knobs(&state));
}

fn start_knobs(state: &State) -> Shared<Vec<Control>> {
    assert!(!state.knobs.is_empty());
    state.knobs.clone()
}

#[test]
fn of_a_race_in_which_nothing_ran_nothing_is_told() {
    let state = raced(&start());
    let of = state.focus().expect("it ran");
    let told = Told {
        of,
        ..Told::default()
    };
    let state = state.after(Action::Answer(Box::new(Reply::At(Box::new(told))), vec![]));
    assert!(state.told.is_some());
    let refused = Shown {
        race: state.race,
        ..Shown::default()
    };
    let reply = Box::new(Reply::Race(Box::new(refused)));
    let state = state.after(Action::Answer(reply, vec![]));
    assert!(state.told.is_none() && state.focus().is_none());
}

#[test]
fn what_was_overtaken_is_not_shown() {
    let state = start();
    let old = Shown {
        race: state.race,
        title: "old".to_owned(),
        ..Shown::default()
    };
    let state = state.after(Action::Cores(9));
    let state = state.after(Action::Answer(Box::new(Reply::Race(Box::new(old))), vec![]));
    assert!(state.shown.is_none() && state.busy);
}

#[test]
fn the_last_plan_stays() {
    let state = after(&start(), (0..20).map(|_| Action::RemovePlan(0)));
    assert_eq!(state.question.plans.len(), 1);
}

#[test]
fn a_knob_turns_the_text_and_one_drag_is_one_step_back() {
    let state = start();
    let knob = state.knobs.iter().find(|knob| knob.key.ends_with(".count"));
    let key = knob.expect("there are tasks").key.clone();
    let turn = |count| Action::Turn(key.clone(), Setting::Count(count));
    let turned = after(
        &state,
        [turn(50), turn(60), turn(70), Action::Settle, turn(80)],
    );
    assert!(
        turned.question.text.contains("80"),
        "{}",
        turned.question.text
    );
    let now = |state: &State| {
        let knob = state.knobs.iter().find(|knob| knob.key == key);
        knob.map(|knob| knob.now)
    };
    assert_eq!(now(&turned), Some(Setting::Count(80)));
    let undone = turned.after(Action::Undo);
    assert_eq!(now(&undone), Some(Setting::Count(70)));
    let undone = undone.after(Action::Undo);
    assert_eq!(undone.question, state.question);
    assert!(!undone.history.can_undo() && undone.history.can_redo());
    let redone = after(&undone, [Action::Redo, Action::Redo]);
    assert_eq!(redone.question, turned.question);
    assert!(!redone.history.can_redo());
    // Another change ends what could be done again.
    assert!(!undone.after(Action::Cores(2)).history.can_redo());
}

#[test]
fn typing_and_knobs_stay_in_step() {
    let state = start().after(Action::Text(
        "trilane = 1\ntitle = \"t\"\n[tasks.a]\ncount = 3\nsteps = [{ io = \"1ms\" }]\n".to_owned(),
    ));
    let keys: Vec<&str> = state.knobs.iter().map(|knob| knob.key.as_str()).collect();
    assert!(keys.contains(&"tasks.a.steps.0.io"), "{keys:?}");
    let io = Action::Turn("tasks.a.steps.0.io".to_owned(), Setting::Time(20_000_000));
    assert!(state.after(io).question.text.contains("io = \"20ms\""));
}

#[test]
fn the_best_row_is_looked_at_until_another_is_opened() {
    let state = raced(&start());
    let last = state.question.plans.len() as u32 - 1;
    assert_eq!(state.focus().map(|of| of.row), Some(last));
    assert!(state.lanes_ask().is_none());
    let state = after(&state, [Action::Room(700, 1.0), Action::OpenRow(Some(0))]);
    assert_eq!(state.focus().map(|of| of.row), Some(0));
    assert_eq!(state.lanes_ask().map(|ask| ask.of.row), Some(0));
}

#[test]
fn the_playhead_plays_to_the_end_and_stops() {
    let state = after(
        &raced(&start()),
        [Action::Rate(1.0), Action::Play(true), Action::Tick(400.0)],
    );
    assert_eq!((state.playhead_ns, state.playing), (400_000_000, true));
    let state = after(&state, [Action::Tick(5000.0)]);
    assert_eq!((state.playhead_ns, state.playing), (1_000_000_000, false));
    // From the beginning again.
    let state = state.after(Action::Play(true));
    assert_eq!((state.playhead_ns, state.playing), (0, true));
    assert!(!state.after(Action::Seek(5)).playing);
}

#[test]
fn a_step_takes_the_playhead_along() {
    let state = raced(&start());
    let told = Told {
        of: state.focus().expect("it ran"),
        at_ns: 123,
        ..Told::default()
    };
    let stale = Told {
        of: Of { race: 0, row: 0 },
        at_ns: 9,
        ..Told::default()
    };
    let hear = |told| Action::Answer(Box::new(Reply::At(Box::new(told))), vec![]);
    let state = after(&state, [hear(told), hear(stale)]);
    assert_eq!(state.playhead_ns, 123);
    assert_eq!(state.told.as_ref().map(|told| told.at_ns), Some(123));
}

#[test]
fn files_are_known_by_their_content() {
    let state = start();
    let drop =
        |name: &str, bytes: &[u8]| state.after(Action::Drop(name.to_owned(), bytes.to_vec()));
    let trace = drop("run.trilane", b"TRLN....");
    assert_eq!(trace.question.files, [(0, "run.trilane".to_owned())]);
    assert_eq!(trace.kept.len(), 1);
    let measured = drop("run.json", b" {\"runs\": []}");
    assert_eq!(measured.question.files, [(0, "run.json".to_owned())]);
    let removed = measured.after(Action::RemoveFile(0));
    assert!(removed.question.files.is_empty());
    assert_eq!(removed.after(Action::Undo).question, measured.question);
    let scenario = drop("mine.json", b"{\"trilane\": 1, \"title\": \"runs\"}");
    assert!(scenario.question.text.starts_with('{') && scenario.kept.is_empty());
    let scenario = drop("mine.toml", b"trilane = 1\n");
    assert_eq!(scenario.question.text, "trilane = 1\n");
    let profile = include_str!("../../../crates/core/src/profile/data/3.12.toml");
    let profile = drop("mine.toml", profile.as_bytes());
    assert_eq!(profile.question.python, "3.12");
    assert!(profile.question.profile.is_some() && profile.question.text == state.question.text);
    let broken = drop("mine.toml", b"format = 1\npython = \"3.12\"\n");
    assert_eq!(broken.question, state.question);
    assert!(broken.notice.is_some_and(|text| text.contains("mine.toml")));
    let picture = drop("a.png", &[0x89, 0x50, 0xFF]);
    assert!(picture.question == state.question && picture.notice.is_some());
}

#[test]
fn the_theme_follows_the_system_unless_chosen() {
    let state = start().after(Action::SystemDark(true));
    assert!(state.surface.dark);
    assert!(!state.after(Action::Look(Look::Light)).surface.dark);
    let dark = start().after(Action::Look(Look::Dark));
    assert!(dark.surface.dark && dark.look.next() == Look::System);
}

#[test]
fn answers_are_taken_back_without_another_race_and_travel_in_links() {
    let lab = start();
    let choose = after(&lab, [Action::Follow("#/choose".to_owned())]);
    assert_eq!(choose.place, Place::Choose);
    let answered = after(
        &choose,
        [
            Action::Answers(vec![false]),
            Action::Answers(vec![false, true]),
        ],
    );
    assert_eq!(answered.race, lab.race);
    assert!(answered.step && answered.history.can_undo());
    // The same once more is no step.
    let same = after(&answered, [Action::Answers(vec![false, true])]);
    assert_eq!(after(&same, [Action::Undo]).answers, [false]);
    let undone = after(&answered, [Action::Undo, Action::Undo]);
    assert!(undone.answers.is_empty() && !undone.history.can_undo());
    let redone = after(&undone, [Action::Redo]);
    assert_eq!(
        (redone.answers.as_slice(), redone.race),
        (&[false][..], lab.race)
    );
    // Answers and scenario are one history.
    let other = after(&answered, [Action::Open(&examples::all()[3])]);
    assert_eq!(other.answers, answered.answers);
    let back = after(&other, [Action::Undo]);
    assert_eq!(
        (&back.question, &back.answers),
        (&lab.question, &answered.answers)
    );

    let followed = State::of(&answered.link(), Look::System);
    assert_eq!(
        (followed.place, &followed.answers),
        (Place::Choose, &answered.answers)
    );
    assert_eq!(followed.question.text, lab.question.text);
    // What lies beyond an end is no answer.
    let far = after(&answered, [Action::Answers(vec![true, true, false])]);
    assert_eq!(State::of(&far.link(), Look::System).answers, [true]);
}

#[test]
fn a_step_is_one_until_its_address_can_be_written() {
    let opened = start().after(Action::Open(&examples::all()[1]));
    assert!(opened.step && opened.after(Action::Whole).step);
    assert!(!opened.after(Action::Settle).after(Action::Whole).step);
}
