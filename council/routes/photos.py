"""Photos: shown to whoever may see what they belong to, and to nobody else."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from council.proceedings import photos
from council.proceedings.matters import Matter
from council.proceedings.photos import Photo
from council.proceedings.tasks import Task
from council.routes import sessions

# Written anew by us as WebP, so it can be shown in place; should a browser ever take it for a page, that page may do nothing.
HEADERS = {"cache-control": "private, max-age=3600", "content-security-policy": "default-src 'none'; sandbox", "content-disposition": "inline"}


async def picture(photo: Photo) -> Response:
    """The file of a photo that may be seen."""
    return FileResponse(photo.path, media_type="image/webp", headers=HEADERS)


async def of_matter(request: Request) -> Response:
    matter = await Matter.seen_by(sessions.who(request), request.path_params["id"])
    return await picture(await photos.one(request.path_params["photo"], "Matter", matter.id))


async def of_task(request: Request) -> Response:
    task = await Task.seen_by(sessions.who(request), request.path_params["id"])
    return await picture(await photos.one(request.path_params["photo"], "Task", task.id))


routes = [Route("/matters/{id:int}/photos/{photo:int}", of_matter), Route("/tasks/{id:int}/photos/{photo:int}", of_task)]
