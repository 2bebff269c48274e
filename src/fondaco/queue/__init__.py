"""The queue of what shops have told us: durable before it is answered, replayable, in order of arrival."""

from fondaco.queue.event import QueuedEvent
from fondaco.queue.queue import Batch, Depth, Queue
from fondaco.queue.writer import QueueFullError, QueueWriter

__all__ = ["Batch", "Depth", "Queue", "QueueFullError", "QueueWriter", "QueuedEvent"]
