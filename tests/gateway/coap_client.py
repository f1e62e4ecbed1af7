"""A CoAP client that is not ours (aiocoap) asks a node of ours for everything that it has."""

import asyncio
from typing import Any

import aiocoap

SIZES = (1, 64, 500, 1024)
PATIENCE_SECONDS = 20


async def conversation(client: aiocoap.Context, authority: str) -> dict[str, Any]:
    """What came of it; ``authority`` is a host and perhaps a port, as a URI has it."""

    async def ask(code: aiocoap.Code, path: str, **message: Any) -> aiocoap.Message:
        request = aiocoap.Message(code=code, uri=f"coap://{authority}/{path}", **message)
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await client.request(request).response

    links = await ask(aiocoap.GET, ".well-known/core")
    kept, returned = [], []
    for size in SIZES:
        payload = bytes(octet % 251 for octet in range(size))
        await ask(aiocoap.PUT, "echo", payload=payload)
        kept.append((await ask(aiocoap.GET, "echo")).payload == payload)
        returned.append((await ask(aiocoap.POST, "echo", payload=payload)).payload == payload)
    blocks = await ask(aiocoap.GET, "echo", block2=aiocoap.optiontypes.BlockOption.BlockwiseTuple(0, False, 2))
    unconfirmed = await ask(aiocoap.GET, "echo", transport_tuning=aiocoap.Unreliable)
    return {
        "links": links.payload.decode(),
        "kept": kept,
        "returned": returned,
        "in blocks": len(blocks.payload),
        "not confirmable": len(unconfirmed.payload),
        "nowhere": str((await ask(aiocoap.GET, "nowhere")).code),
        "fetch": str((await ask(aiocoap.FETCH, "echo")).code),
    }


EXPECTED = {
    "links": '</echo>;rt="echo";ct=42',
    "kept": [True] * len(SIZES),
    "returned": [True] * len(SIZES),
    "in blocks": 1024,
    "not confirmable": 1024,
    "nowhere": "4.04 Not Found",
    "fetch": "4.05 Method Not Allowed",
}
