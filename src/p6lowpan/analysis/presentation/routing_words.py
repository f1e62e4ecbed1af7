"""RPL and MPL in one line a message."""

from collections.abc import Callable, Iterable
from typing import Any

from p6lowpan.analysis.presentation.names import counted, ipv6_name
from p6lowpan.wire.description import Header
from p6lowpan.wire.rpl import messages as rpl
from p6lowpan.wire.rpl import options
from p6lowpan.wire.rpl.mpl import MplControl
from p6lowpan.wire.rpl.registry import (
    CONTROL_CODES,
    INFINITE_RANK,
    MODES_OF_OPERATION,
    OBJECTIVE_FUNCTIONS,
    prefix_words,
    status_words,
)

Words = Callable[[Any], str]  # Any: the header class of the row


# --- options ---------------------------------------------------------------------------------------------------------


def _transit(option: options.TransitInformation) -> str:
    parent = f" via {ipv6_name(option.parent_address)}" if option.parent_address else ""
    return f"no path{parent}" if option.path_lifetime == 0 else parent.strip()


def _configuration(option: options.DodagConfiguration) -> str:
    function = OBJECTIVE_FUNCTIONS.get(option.objective_code_point, f"OCP {option.objective_code_point}")
    return f"{function.split(',')[0]}, min hop rank increase {option.minimum_hop_rank_increase}"


OPTION_WORDS: dict[type[Header], Words] = {
    options.DodagConfiguration: _configuration,
    options.PrefixInformation: lambda option: f"prefix {ipv6_name(option.prefix)}/{option.prefix_length}",
    options.RouteInformation: lambda option: f"route {prefix_words(option.prefix)}/{option.prefix_length}",
    options.Target: lambda option: f"target {prefix_words(option.prefix)}/{option.prefix_length}",
    options.TransitInformation: _transit,
    options.SolicitedInformation: lambda option: f"solicits instance {option.rpl_instance_id}",
    options.MetricContainer: lambda option: counted(len(option.objects), "metric"),
}
"""What an option says in a few words; padding and what is not here is left out."""


def _with(found: Iterable[Header]) -> str:
    said = [words for option in found if (words := OPTION_WORDS.get(type(option), _nothing)(option))]
    return f", {', '.join(said)}" if said else ""


def _nothing(_option: Header) -> str:
    return ""


# --- messages --------------------------------------------------------------------------------------------------------


def _dio(base: rpl.Dio) -> str:
    rank = "infinite" if base.rank == INFINITE_RANK else str(base.rank)
    mode = MODES_OF_OPERATION.get(base.mode_of_operation, f"mode {base.mode_of_operation}")
    return (
        f"DIO rank {rank} instance {base.rpl_instance_id} version {base.version_number} {mode} "
        f"DODAG {ipv6_name(base.dodag_id)}{_with(base.options)}"
    )


def _dao(base: rpl.Dao) -> str:
    asks = ", wants DAO-ACK" if base.acknowledgment_requested else ""
    return f"DAO seq {base.dao_sequence}{_with(base.options)}{asks}"


BASE_WORDS: dict[type[Header], Words] = {
    rpl.Dis: lambda base: f"DIS{_with(base.options)}",
    rpl.Dio: _dio,
    rpl.Dao: _dao,
    rpl.DaoAck: lambda base: f"DAO-ACK seq {base.dao_sequence} {status_words(base.status)}",
    rpl.Dco: lambda base: f"DCO seq {base.dco_sequence}{_with(base.options)}",
    rpl.DcoAck: lambda base: f"DCO-ACK seq {base.dco_sequence} {status_words(base.status)}",
    rpl.RouteReply: lambda base: f"P2P-DRO seq {base.sequence} DODAG {ipv6_name(base.dodag_id)}",
    rpl.RouteReplyAck: lambda base: f"P2P-DRO-ACK seq {base.sequence} DODAG {ipv6_name(base.dodag_id)}",
    rpl.ConsistencyCheck: lambda base: f"CC {'response' if base.response else 'request'} nonce {base.nonce}",
}


def _control(message: rpl.ControlMessage) -> str:
    words = BASE_WORDS.get(type(message.base))
    secure = "secure " if message.security is not None else ""
    if words is None:
        return f"RPL {CONTROL_CODES.get(message.code, f'code {message.code:#04x}')}"
    return f"RPL {secure}{words(message.base)}"


def _multicast(message: MplControl) -> str:
    return f"MPL control, {counted(len(message.seed_infos), 'seed')}"


ROUTING_WORDS: dict[type[Header], Words] = {rpl.ControlMessage: _control, MplControl: _multicast}
