//! An allocator of our own, which only the `allocator-api2` feature allows.

use crate::allocator::{Allocator, Global};
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use allocator_api2::alloc::AllocError;
use core::alloc::Layout;
use core::cell::{Cell, RefCell};
use core::ptr::NonNull;

/// Keeps account of every block; refuses what it is told to.
#[derive(Clone, Default)]
pub(crate) struct Metered(Rc<Meter>);

#[derive(Default)]
struct Meter {
    /// Address and layout of the blocks that exist.
    blocks: RefCell<BTreeMap<usize, Layout>>,
    requests: Cell<usize>,
    /// The request that is to be refused, counted from 0, and what has been refused.
    refuse: Cell<Option<usize>>,
    refused: Cell<Option<Layout>>,
}

impl Metered {
    /// Number of blocks that exist.
    pub(crate) fn blocks(&self) -> usize {
        self.0.blocks.borrow().len()
    }

    /// Bytes of all of them.
    pub(crate) fn bytes(&self) -> usize {
        self.0.blocks.borrow().values().map(Layout::size).sum()
    }

    /// Number of requests so far.
    pub(crate) fn requests(&self) -> usize {
        self.0.requests.get()
    }

    /// Refuses the request of this number, counted from 0.
    pub(crate) fn refuse(&self, request: usize) {
        self.0.refuse.set(Some(request));
    }

    /// The last request that was refused.
    pub(crate) fn refused(&self) -> Option<Layout> {
        self.0.refused.get()
    }
}

// SAFETY: blocks come from `Global` and stay where they are.
unsafe impl Allocator for Metered {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let meter = &*self.0;
        let number = meter.requests.replace(meter.requests.get() + 1);
        if meter.refuse.get() == Some(number) {
            meter.refused.set(Some(layout));
            return Err(AllocError);
        }
        let block = Global.allocate(layout)?;
        let address = block.cast::<u8>().as_ptr().addr();
        assert!(meter.blocks.borrow_mut().insert(address, layout).is_none());
        Ok(block)
    }

    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        let address = block.as_ptr().addr();
        let known = self.0.blocks.borrow_mut().remove(&address);
        assert_eq!(known, Some(layout), "freed with another layout, or not ours");
        // SAFETY: the block came from `Global` with this layout.
        unsafe { Global.deallocate(block, layout) };
    }
}
