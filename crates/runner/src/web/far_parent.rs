//! The other end of [`super::far`]: the parent, with what its workers share.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use tokio::sync::oneshot;
use wasm_bindgen_futures::spawn_local;

use super::far::{Asked, Granted, Wish};
use crate::coroutine::{Resource, take};

/// Grants the wishes of one worker.
pub(super) struct Grants {
    shared: Rc<Vec<Resource>>,
    say: Rc<dyn Fn(Granted)>,
    /// Those that wait; dropping one ends its wait.
    waiting: Rc<RefCell<BTreeMap<u32, oneshot::Sender<()>>>>,
}

impl Grants {
    pub(super) fn new(shared: &Rc<Vec<Resource>>, say: impl Fn(Granted) + 'static) -> Grants {
        Grants {
            shared: Rc::clone(shared),
            say: Rc::new(say),
            waiting: Rc::default(),
        }
    }

    pub(super) fn hear(&self, asked: Asked) {
        let (number, at) = (asked.number, asked.resource as usize);
        match (asked.wish, self.shared.get(at)) {
            (Wish::Never, _) => drop(self.waiting.borrow_mut().remove(&number)),
            (Wish::Release, Some(Resource::Lock(lock))) => lock.add_permits(1),
            (wish, Some(_)) => self.wait(wish, number, at),
            (_, None) => {}
        }
    }

    fn wait(&self, wish: Wish, number: u32, at: usize) {
        let (shared, say) = (Rc::clone(&self.shared), Rc::clone(&self.say));
        let waiting = Rc::clone(&self.waiting);
        let (hold, gone) = oneshot::channel::<()>();
        waiting.borrow_mut().insert(number, hold);
        spawn_local(async move {
            let granted = async {
                match (&shared[at], wish) {
                    (Resource::Lock(lock), Wish::Acquire) => take(lock).await,
                    (Resource::Queue(queue), Wish::Put(item)) => _ = queue.put(item).await,
                    (Resource::Queue(queue), Wish::Get) => return queue.get().await,
                    _ => {}
                }
                None
            };
            if let Some(item) = super::event_loop::unless(gone, granted).await {
                waiting.borrow_mut().remove(&number);
                say(Granted { number, item });
            }
        });
    }
}
