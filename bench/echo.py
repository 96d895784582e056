"""The measure: a bare echo bot as python-telegram-bot documents it, default request, concurrent updates, no database."""

import argparse

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application, CallbackContext, MessageHandler, filters


async def echo(update: Update, _context: object) -> None:
    if update.message is not None:
        await update.message.reply_text(update.message.text or "")


async def main(port: int, api: str) -> None:
    application = (
        Application.builder()
        .token("1:bench")
        .base_url(f"{api}/bot")
        .base_file_url(f"{api}/file/bot")
        .updater(None)
        .concurrent_updates(True)
        .build()
    )
    application.add_handler(MessageHandler[CallbackContext, object](filters.TEXT, echo))  # type: ignore[type-arg]

    async def webhook(request: Request) -> Response:
        await application.update_queue.put(Update.de_json(data=await request.json(), bot=application.bot))
        return Response()

    app = Starlette(routes=[Route("/telegram", webhook, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False))
    async with application:
        await application.start()
        await application.bot.set_webhook(f"http://127.0.0.1:{port}/telegram")
        await server.serve()
        await application.stop()


if __name__ == "__main__":
    import asyncio

    options = argparse.ArgumentParser()
    options.add_argument("port", type=int)
    options.add_argument("api")
    chosen = options.parse_args()
    try:
        import uvloop

        uvloop.run(main(chosen.port, chosen.api))
    except ImportError:
        asyncio.run(main(chosen.port, chosen.api))
