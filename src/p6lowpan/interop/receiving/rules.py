"""The receiver that does everything right: what profiles depart from."""

from p6lowpan.interop.receiving import addresses, completion, compression, front, next_headers
from p6lowpan.interop.receiving.reading import Receiving
from p6lowpan.interop.receiving.reassembly import Slots
from p6lowpan.interop.receiving.steps import nothing
from p6lowpan.wire.address import SHORT_IDENTIFIER
from p6lowpan.wire.sixlowpan.dispatch import Dispatch

RIGHT = Receiving(
    admits=nothing,
    classify=front.classify,
    dispatches={
        Dispatch.MESH: front.mesh,
        Dispatch.BROADCAST: front.broadcast,
        Dispatch.PAGE_SWITCH: front.page_switch,
        Dispatch.FIRST_FRAGMENT: front.first_fragment,
        Dispatch.SUBSEQUENT_FRAGMENT: front.subsequent_fragment,
        Dispatch.IPV6: front.uncompressed,
        Dispatch.IPHC: compression.expand,
    },
    unknown_dispatch=front.unknown_dispatch,
    short=front.short,
    installed=addresses.installed,
    named_contexts=compression.named_contexts,
    traffic=compression.TRAFFIC,
    sources=addresses.SOURCES,
    destinations=addresses.DESTINATIONS,
    reserved_address=addresses.reserved,
    context=addresses.context,
    join=addresses.join,
    identifier=addresses.identifier,
    short_identifier=SHORT_IDENTIFIER,
    short_identifier_in_context=SHORT_IDENTIFIER,
    announced=next_headers.announced,
    next_headers=next_headers.STEPS,
    unknown_next_header=next_headers.unknown,
    no_next_header=next_headers.no_next_header,
    ports=next_headers.PORTS,
    checksum=next_headers.checksum,
    elided_checksum=next_headers.elided_checksum,
    headers_done=nothing,
    lengths=compression.lengths,
    reassembly=Slots,
    finished=completion.finished,
)
