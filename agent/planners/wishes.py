"""What a message asks for: each of its parts is a wish for a flow."""

from __future__ import annotations

from agent.flows import MAY_WELL, Flow, Flows, Kind
from agent.planners.planner import View
from agent.planners.readings import (
    CLEARLY,
    HALF_HEARD,
    IDENTIFIERS,
    MAY_LEAVE,
    NUMBERS,
    OUTWEIGHS,
    broken,
    coupon_code,
    fitting_better,
    may_be,
    nothing_but,
    said_plainly,
    topics,
    wants_size,
    withdraws_from,
)
from markets.marketplaces import marketplace_of, names_another_shop
from nlu.coupons import unmistakable
from nlu.perception import OUT_OF_SCOPE, Answer, EntityKind, Segment

MIN_PROBABILITY = 0.35
ORDER_OF_KINDS = list(Kind)
TOLD_BY_MISTAKE = ("contact_info", "privacy")
"""Questions for which "my e-mail is …" is easily taken, although it tells an address and asks for none."""
QUESTIONS = {
    "payment_methods": "payment_policy",
    "return_window": "return_policy",
    "shipping_cost": "shipping_policy",
}
"""Topics that are a question of their own in a list of questions, and the flow that answers each."""
WAYS = {"return": "return_item", "exchange": "exchange_item"}
"""What becomes of a thing, and the flow for it."""


class Wishes:
    """Reads the wishes of one message; what is open changes what its words may mean."""

    def __init__(self, flows: Flows, view: View) -> None:
        self._flows = flows
        self._view = view
        self._frames = view.memory.frames

    def requests(self) -> list[Flow]:
        """The flows that are asked for, those that need nothing first; one that says so where nothing is."""
        found: list[Flow] = []
        listed = self._listed()
        for segment in self._view.perception.segments:
            flow = self.flow_of(segment)
            if flow and self._guessed_beside(flow, segment):
                continue
            if flow and flow not in found and not (listed and self._outweighed(flow, segment)):
                found.append(flow)
        found += [flow for flow in listed if flow not in found]
        if self._names_order_beside(found, bool(listed)):
            found.append(self._flows["where_is_order"])
        if self._view.photo_alone:
            return [] if self._frames else [self._flows["photo_alone"]]
        if self._frames:
            found = [flow for flow in found if flow.flow not in ("affirm", "deny")]
        if len(found) > 1:
            found = [
                flow
                for flow in found
                if flow.flow not in ("thanks", "goodbye", "affirm", "deny", "anything_else")
            ]
        if any(flow.covers for flow in found):
            found = [flow for flow in found if not flow.searches]
        if self._goes_on_with_another(found):
            found = [self._flows["where_is_order"]]
        if self._names_a_version(found):
            return [self._flows["product_search"]]
        if not found and not self._frames:
            found = [self._flows[self._asked_in_no_words()]]
        return sorted(found, key=lambda flow: ORDER_OF_KINDS.index(flow.kind))

    def _listed(self) -> list[Flow]:
        """What a list of questions asks by its topics: "what's the return window, and do you take PayPal?" """
        topics = [e.value for e in self._view.perception.all(EntityKind.POLICY_TOPIC)]
        named = dict.fromkeys(QUESTIONS[topic] for topic in topics if topic in QUESTIONS)
        return [self._flows[name] for name in named] if len(named) > 1 and not self._frames else []

    def _outweighed(self, flow: Flow, segment: Segment) -> bool:
        """A part with a topic of the list that was heard as something else, which it is not clearly."""
        best = segment.intents[0]
        own = self._flows.for_intent(best.intent)
        if not set(topics(segment)) & set(QUESTIONS) or flow.kind is Kind.ANSWER or own is None:
            return False
        return own.kind is Kind.ANSWER or best.probability < OUTWEIGHS

    def _guessed_beside(self, flow: Flow, segment: Segment) -> bool:
        """ "I can't find the invoice. Could you send it?": a guess at a deed, beside a wish that is sure."""
        others = (each for each in self._view.perception.segments if each is not segment)
        sure = [
            o.intent for o in others if o.intents[0].probability >= OUTWEIGHS and o.intent != OUT_OF_SCOPE
        ]
        guessed = segment.intents[0].probability < CLEARLY and not topics(segment)
        same = any(other.intent in sure for other in segment.intents[1:] if other.probability >= MAY_LEAVE)
        return guessed and (same or (bool(sure) and flow.kind in (Kind.ACT, Kind.PERSON)))

    def _names_order_beside(self, found: list[Flow], listed: bool) -> bool:
        """An order is named beside questions that need none: where it is may well be one more."""
        if not found or self._frames or not self._only_details() or any(flow.asks_order for flow in found):
            return False
        wishes = (wish for segment in self._view.perception.segments for wish in segment.intents)
        heard = any(wish.intent == "where_is_order" and wish.probability >= MAY_WELL for wish in wishes)
        return listed or (len(found) > 1 and heard)

    def flow_of(self, segment: Segment) -> Flow | None:
        if not self._frames and nothing_but(segment, EntityKind.COUPON_CODE):
            return self._flows["coupon"]
        if form := segment.form_of_address:
            return self._flows[f"{form}_address"]
        best = segment.intents[0]
        code = coupon_code(segment)
        if withdraws_from(segment):
            return self._flows["return_item"]
        if broken(segment) and not (code and unmistakable(code)):
            return self._flows["damaged_item"]
        if not self._frames and self._takes_leave(segment):
            return self._flows["goodbye"]
        if best.intent == OUT_OF_SCOPE or best.probability < MIN_PROBABILITY:
            if self._tells_where_to(segment):
                return self._flows["change_address"]
            if code and unmistakable(code):
                return self._flows["coupon"]
            better = said_plainly(segment) or fitting_better(segment)
            return self._flows[better] if better else self._by_topic(segment) or self._by_way(segment)
        if self._bought_elsewhere(segment):
            return self._flows["wrong_shop"]
        if best.intent in TOLD_BY_MISTAKE and any(
            entity.kind is EntityKind.EMAIL for entity in segment.entities
        ):
            return None
        if best.intent == "refund_status" and self._is_proposed(segment):
            return self._flows["refund_time"]
        meant = said_plainly(segment) or fitting_better(segment) or self._where_she_is(segment, best.intent)
        flow = self._flows.for_intent(meant)
        if flow and code and (flow.searches or (flow.kind is Kind.ANSWER and unmistakable(code))):
            return self._flows["coupon"]
        if flow and flow.with_size and wants_size(segment, flow.with_size):
            return self._flows[flow.with_size]
        return flow and self._in_place_of(flow, {entity.kind for entity in segment.entities}, topics(segment))

    def _is_proposed(self, segment: Segment) -> bool:
        """Whether what she asks about waits for her yes: when the money comes is then a question about the rule."""
        named = any(entity.kind in NUMBERS for entity in segment.entities)
        return bool(self._frames) and self._frames[-1].waiting == "confirm" and not named

    def _tells_where_to(self, segment: Segment) -> bool:
        """ "FH-20015 goes to 27 Derby Road": a street beside an order asks for no more than that."""
        named = any(entity.kind is EntityKind.ORDER_NUMBER for entity in segment.entities)
        if not named or "change_address" not in may_be(segment):
            return False
        told = self._view.address(segment.text, self._view.memory.country or self._view.market or "", False)
        return told is not None and bool(told.line1)

    def _bought_elsewhere(self, segment: Segment) -> bool:
        """ "Where is my Amazon parcel?": another shop is named, none of our orders is, and it may well be meant."""
        if segment.intents[0].intent not in ("where_is_order", "not_received", "delivery_estimate"):
            return False
        if self._view.marketplace:
            return False
        may = any(wish.intent == "wrong_shop" and wish.probability >= MAY_WELL for wish in segment.intents)
        return may and not self._only_details() and names_another_shop(segment.text)

    def _where_she_is(self, segment: Segment, intent: str) -> str:
        """On a marketplace, its order number is none of another shop."""
        numbered = intent == "wrong_shop" and self._view.marketplace and marketplace_of(segment.text)
        return "where_is_order" if numbered else intent

    def _takes_leave(self, segment: Segment) -> bool:
        """ "No, that's all, bye": where nothing is open, a no beside a farewell or thanks answers "anything else?"."""
        likely = {score.intent: score.probability for score in segment.intents}
        if segment.intent == "deny":
            return likely.get("goodbye", 0.0) >= MAY_LEAVE
        return segment.intent == "thanks" and self._view.perception.leaning is Answer.NO

    def _by_topic(self, segment: Segment) -> Flow | None:
        """What the words alone say of a message that the head makes nothing of."""
        anything = self._flows["anything_else"]
        return next((f for topic in topics(segment) if (f := self._flows.for_topic(anything, topic))), None)

    def _by_way(self, segment: Segment) -> Flow | None:
        """What shall become of a thing that was ordered, where the head half hears it too."""
        ways = {
            WAYS[each.value]
            for each in segment.entities
            if each.kind is EntityKind.WAY and each.value in WAYS
        }
        named = any(entity.kind in NUMBERS for entity in segment.entities)
        heard = {wish.intent for wish in segment.intents if wish.probability >= HALF_HEARD}
        meant = ways & heard
        return self._flows[meant.pop()] if named and len(ways) == 1 and meant else None

    def _in_place_of(self, flow: Flow, kinds: set[EntityKind], topics: list[str]) -> Flow:
        """The flow itself, or one that what is mentioned beside the wish makes the better answer."""
        narrower = next((other for topic in topics if (other := self._flows.for_topic(flow, topic))), None)
        general = flow.kind is Kind.ANSWER or not kinds & set(IDENTIFIERS)
        if narrower and (general or narrower.kind is not Kind.ANSWER):
            return narrower
        if flow.with_order and kinds & set(NUMBERS) and not set(flow.keeps) & set(topics):
            return self._flows[flow.with_order]
        return flow

    def _goes_on_with_another(self, found: list[Flow]) -> bool:
        """ "OK, and FH-10007?": nothing is open that it would be a yes or a no to."""
        agreed = bool(found) and all(flow.flow in ("affirm", "deny") for flow in found)
        return agreed and not self._frames and self._only_details()

    def _names_a_version(self, found: list[Flow]) -> bool:
        """ "No, in brown": a colour or size of what was just talked about, and nothing else that could be answered."""
        said = any(self._view.perception.first(kind) for kind in (EntityKind.COLOUR, EntityKind.SIZE))
        empty = all(flow.kind is Kind.SOCIAL or flow.flow == "anything_else" for flow in found)
        return bool(said and empty and self._view.memory.goods and not self._frames)

    def _asked_in_no_words(self) -> str:
        """Details stand for their order; what asks for nothing is looked up nowhere."""
        if self._only_details():
            return "where_is_order"
        said = self._view.perception.segments[0].intents
        empty = len(said) == 1 and said[0].intent == OUT_OF_SCOPE and said[0].probability == 1.0
        return "nothing_asked" if empty else "anything_else"

    def _only_details(self) -> bool:
        perception = self._view.perception
        return bool(perception.first(EntityKind.ORDER_NUMBER) or perception.first(EntityKind.TRACKING_NUMBER))

    def clearly(self, request: Flow, sure: float = CLEARLY) -> bool:
        """Whether a part of the message asks for it so surely."""
        segments = self._view.perception.segments
        return any(s.intents[0].probability >= sure for s in segments if self.flow_of(s) is request)
