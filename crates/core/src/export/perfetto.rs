//! Perfetto's trace format, as protobuf: what ui.perfetto.dev and its trace processor open best.
//!
//! Small, because a run has millions of spans: names are interned, times are differences
//! (an incremental clock), and track ids are small numbers. All packets are one sequence, so they
//! stand in the order of time. Source: "Synthetic track events" in Perfetto's documentation, and
//! `protos/perfetto/trace/` for the field numbers.

mod proto;

use prost::Message;

use self::proto::*;
use super::{Anchor, Scene, Stretch, pid};
use crate::trace::{SpanKind, Trace};
use crate::units::Time;

/// A trace in Perfetto's protobuf format.
pub fn perfetto(trace: &Trace) -> Vec<u8> {
    let scene = Scene::new(trace);
    let mut writer = Writer {
        out: Vec::new(),
        uuids: Uuids::new(&scene),
    };
    writer.preamble();
    writer.names(&scene);
    writer.tracks(&scene);
    writer.events(&scene);
    writer.out
}

/// Track ids: the tracks with most events have the smallest numbers, as these take fewer bytes.
/// 0 is taken by Perfetto for the global track.
#[derive(Clone, Copy)]
struct Uuids {
    lanes: u64,
    counters: u64,
}

impl Uuids {
    const FIRST: u64 = 1;

    fn new(scene: &Scene<'_>) -> Uuids {
        Uuids {
            lanes: scene.lanes.len() as u64,
            counters: scene.counters.len() as u64,
        }
    }

    fn counter(self, index: usize) -> u64 {
        Uuids::FIRST + index as u64
    }

    fn lane(self, index: usize) -> u64 {
        Uuids::FIRST + self.counters + index as u64
    }

    fn tasks(self) -> u64 {
        Uuids::FIRST + self.counters + self.lanes
    }

    fn process(self, process: u32) -> u64 {
        self.tasks() + 1 + u64::from(process)
    }
}

/// What happens on a track at an instant; in this order if at the same one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    End {
        lane: u32,
    },
    /// A thread begins to work for a task.
    BeginTask {
        lane: u32,
        task: u32,
    },
    Begin {
        lane: u32,
        span: u32,
    },
    /// A flow reaches a slice that began before the one it comes from.
    Arrive {
        lane: u32,
        flow: u32,
    },
    Count {
        counter: u32,
        step: u32,
    },
}

struct Writer {
    out: Vec<u8>,
    uuids: Uuids,
}

impl Writer {
    fn packet(&mut self, packet: TracePacket) {
        let packet = TracePacket {
            trusted_packet_sequence_id: Some(SEQUENCE),
            ..packet
        };
        // A trace is a repeated field of packets, so packets can be written one by one.
        let written = OnePacket {
            packet: Some(packet),
        }
        .encode(&mut self.out);
        debug_assert!(written.is_ok(), "a vector has room");
    }

    fn preamble(&mut self) {
        let clock = |clock_id, is_incremental| Clock {
            clock_id: Some(clock_id),
            timestamp: Some(0),
            is_incremental,
        };
        self.packet(TracePacket {
            // Later packets leave out that they need this state: it says only whether a packet is
            // dropped where the state was lost, and ours cannot be.
            sequence_flags: Some(FLAG_STATE_CLEARED),
            clock_snapshot: Some(ClockSnapshot {
                clocks: vec![clock(CLOCK_BOOTTIME, None), clock(CLOCK_OURS, Some(true))],
                primary_trace_clock: Some(CLOCK_BOOTTIME),
            }),
            trace_packet_defaults: Some(TracePacketDefaults {
                timestamp_clock_id: Some(CLOCK_OURS),
            }),
            ..TracePacket::default()
        });
    }

    /// The names of slices, in packets of moderate size.
    fn names(&mut self, scene: &Scene<'_>) {
        let kinds = SpanKind::ALL.map(|kind| (kind_iid(kind), kind.label().to_owned()));
        let arrival = [(ARRIVAL_IID, "arrives".to_owned())];
        let tasks = 0..scene.trace.tasks.len() as u32;
        let tasks = tasks.map(|task| (task_iid(task), scene.trace.task_name(task)));
        let names = kinds.into_iter().chain(arrival).chain(tasks);
        let mut names = names.map(|(iid, name)| InternedName {
            iid: Some(iid),
            name: Some(name),
        });
        loop {
            let event_names: Vec<InternedName> = names.by_ref().take(4096).collect();
            if event_names.is_empty() {
                return;
            }
            self.packet(TracePacket {
                interned_data: Some(InternedData { event_names }),
                ..TracePacket::default()
            });
        }
    }

    fn track(&mut self, descriptor: TrackDescriptor) {
        self.packet(TracePacket {
            track_descriptor: Some(descriptor),
            ..TracePacket::default()
        });
    }

    fn tracks(&mut self, scene: &Scene<'_>) {
        let uuids = self.uuids;
        for process in scene.processes() {
            self.track(TrackDescriptor {
                uuid: Some(uuids.process(process)),
                process: Some(ProcessDescriptor {
                    pid: Some(pid(process) as i32),
                    process_name: Some(scene.process_name(process)),
                }),
                ..TrackDescriptor::default()
            });
        }
        for (thread, info) in scene.trace.threads.iter().enumerate() {
            self.track(TrackDescriptor {
                uuid: Some(uuids.lane(thread)),
                parent_uuid: Some(uuids.process(info.process)),
                thread: Some(ThreadDescriptor {
                    pid: Some(pid(info.process) as i32),
                    tid: Some(scene.tids[thread] as i32),
                    thread_name: Some(info.name()),
                }),
                ..TrackDescriptor::default()
            });
        }
        for (at, counter) in scene.counters.iter().enumerate() {
            self.track(TrackDescriptor {
                uuid: Some(uuids.counter(at)),
                parent_uuid: Some(uuids.process(counter.process)),
                name: Some(counter.name.clone()),
                counter: Some(CounterDescriptor {
                    unit_name: Some(counter.unit.to_owned()),
                }),
                ..TrackDescriptor::default()
            });
        }
        if scene.trace.tasks.is_empty() {
            return;
        }
        self.track(TrackDescriptor {
            uuid: Some(uuids.tasks()),
            name: Some("Tasks".to_owned()),
            child_ordering: Some(ORDER_EXPLICIT),
            ..TrackDescriptor::default()
        });
        for (task, info) in scene.trace.tasks.iter().enumerate() {
            // A task that never arrived has no lane.
            if info.born == Time::FAR {
                continue;
            }
            self.track(TrackDescriptor {
                uuid: Some(uuids.lane(scene.threads() + task)),
                parent_uuid: Some(uuids.tasks()),
                name: Some(scene.trace.task_name(task as u32)),
                sibling_order_rank: Some(task as i32),
                ..TrackDescriptor::default()
            });
        }
    }

    fn events(&mut self, scene: &Scene<'_>) {
        let mut events: Vec<(u64, What)> = Vec::new();
        for (lane, spans) in (0u32..).zip(&scene.lanes) {
            for (at, span) in (0u32..).zip(spans) {
                events.push((span.start.as_nanos(), What::Begin { lane, span: at }));
                events.push((span.end.as_nanos(), What::End { lane }));
            }
        }
        for (lane, stretches) in (0u32..).zip(&scene.stretches) {
            for &Stretch { task, start, end } in stretches {
                events.push((start, What::BeginTask { lane, task }));
                events.push((end, What::End { lane }));
            }
        }
        for (counter, there) in (0u32..).zip(&scene.counters) {
            let steps = (0u32..).zip(&there.steps);
            events.extend(steps.map(|(step, (at, _))| (*at, What::Count { counter, step })));
        }
        let ends = tie_flows(scene, &mut events);
        events.sort_unstable();
        let mut now = 0;
        for (at, what) in events {
            let event = self.event(scene, what, &ends);
            self.packet(TracePacket {
                timestamp: Some(at - now),
                track_event: Some(event),
                ..TracePacket::default()
            });
            now = at;
        }
    }

    fn event(&self, scene: &Scene<'_>, what: What, ends: &[FlowEnd]) -> TrackEvent {
        match what {
            What::End { lane } => TrackEvent {
                r#type: Some(TYPE_SLICE_END),
                track_uuid: Some(self.uuids.lane(lane as usize)),
                ..TrackEvent::default()
            },
            What::Count { counter, step } => TrackEvent {
                r#type: Some(TYPE_COUNTER),
                track_uuid: Some(self.uuids.counter(counter as usize)),
                counter_value: Some(scene.counters[counter as usize].steps[step as usize].1),
                ..TrackEvent::default()
            },
            What::Arrive { lane, flow } => TrackEvent {
                r#type: Some(TYPE_INSTANT),
                track_uuid: Some(self.uuids.lane(lane as usize)),
                name_iid: Some(ARRIVAL_IID),
                terminating_flow_ids: vec![flow.into()],
                ..TrackEvent::default()
            },
            What::BeginTask { lane, task } => TrackEvent {
                r#type: Some(TYPE_SLICE_BEGIN),
                track_uuid: Some(self.uuids.lane(lane as usize)),
                name_iid: Some(task_iid(task)),
                ..TrackEvent::default()
            },
            What::Begin { lane, span } => {
                let place = (lane as usize, span as usize);
                let there = scene.lanes[place.0][place.1];
                let first = ends.partition_point(|end| end.place < place);
                let here = ends[first..].iter().take_while(|end| end.place == place);
                let ids = |reaches| {
                    let these = here.clone().filter(move |end| end.reaches == reaches);
                    these.map(|end| end.flow).collect()
                };
                TrackEvent {
                    r#type: Some(TYPE_SLICE_BEGIN),
                    track_uuid: Some(self.uuids.lane(place.0)),
                    name_iid: Some(kind_iid(there.kind)),
                    flow_ids: ids(false),
                    terminating_flow_ids: ids(true),
                    ..TrackEvent::default()
                }
            }
        }
    }
}

/// A flow at the beginning of a slice.
struct FlowEnd {
    /// Lane and span.
    place: (usize, usize),
    flow: u64,
    reaches: bool,
}

/// Ties the flows to the slices at their ends. A flow is tied where a slice begins, and the file
/// must tell of its beginning first; where the slice that it reaches began too early for that, the
/// flow gets an instant of its own.
fn tie_flows(scene: &Scene<'_>, events: &mut Vec<(u64, What)>) -> Vec<FlowEnd> {
    let mut ends = Vec::new();
    for (flow, (_, from, to)) in (1u32..).zip(scene.flows()) {
        let mut tie = |anchor: Anchor, reaches| {
            let place = (anchor.lane, anchor.span);
            ends.push(FlowEnd {
                place,
                flow: flow.into(),
                reaches,
            });
        };
        tie(from, false);
        let begins = |anchor: Anchor| (scene.lanes[anchor.lane][anchor.span].start, anchor.lane);
        match begins(from) < begins(to) {
            true => tie(to, true),
            false => events.push((
                to.at,
                What::Arrive {
                    lane: to.lane as u32,
                    flow,
                },
            )),
        }
    }
    ends.sort_by_key(|end| (end.place, end.flow, end.reaches));
    ends
}

/// Interned names count from 1: first the kinds of span, then the arrival of a flow, then the tasks.
fn kind_iid(kind: SpanKind) -> u64 {
    kind as u64 + 1
}

fn task_iid(task: u32) -> u64 {
    ARRIVAL_IID + 1 + u64::from(task)
}

const ARRIVAL_IID: u64 = SpanKind::ALL.len() as u64 + 1;
