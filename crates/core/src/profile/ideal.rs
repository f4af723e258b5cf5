//! A machine on which nothing costs anything: what is left is the work and the rules.

use super::{Costs, MemoryCosts, Quantiles};
use crate::plan::StartMethod;

impl Costs {
    /// Every cost zero and no jitter; CPython's switch interval of 5 ms and slices of 3 ms. For
    /// tests, laws and benches, where a result can then be worked out by hand.
    pub fn ideal(python: &str, gil: bool) -> Costs {
        let never = Quantiles::default;
        Costs {
            python: python.to_owned(),
            gil,
            has_interpreters: true,
            fair_locks: false,
            default_start: StartMethod::Fork,
            cpu_ppm: 1_000_000,
            native_ppm: 1_000_000,
            core_share: Vec::new(),
            wake_idle: never(),
            wake_busy: never(),
            timer_late: never(),
            timer_tick: 0,
            epoll_late_ppm: 0,
            slice: 3_000_000,
            switch_interval: 5_000_000,
            gil_steal_ppm: 0,
            thread_create: 0,
            thread_boot: 0,
            thread_exit: 0,
            thread_join: 0,
            call: 0,
            io_call: 0,
            lock: 0,
            semaphore: 0,
            queue: 0,
            process_sync: 0,
            pool_submit: 0,
            pool_task: 0,
            future_wait: 0,
            loop_start: 0,
            loop_iteration: 0,
            loop_callback: 0,
            task_create: 0,
            task_run: 0,
            loop_timer: 0,
            loop_sync: 0,
            executor_call: 0,
            executor_return: 0,
            process_parent: [0; 3],
            process_boot: [0; 3],
            forkserver_start: 0,
            process_submit: 0,
            manager_put: 0,
            feeder: 0,
            manager_result: 0,
            process_get: 0,
            process_put: 0,
            transfer: Vec::new(),
            interpreter_boot: 0,
            interpreter_task: 0,
            memory: MemoryCosts::default(),
        }
    }
}
