"""What is cancelled when the client hangs up?"""

import asyncio

import lab
from django.http import HttpResponse
from django.urls import path


async def wait(name):
    """Wait for ever, and say if somebody cancels that."""
    started.release()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        print(f"{name}: cancelled")
        raise


async def view(request):
    """Start a task, and wait for two more coroutines."""
    tasks.append(asyncio.create_task(wait("a task of create_task")))
    await asyncio.gather(wait("a child of gather"), wait("another"))
    return HttpResponse()


async def main():
    """Hang up when all are waiting."""
    global started, tasks
    started, tasks = asyncio.Semaphore(0), []
    request = lab.Request()
    for _ in range(3):
        await started.acquire()
    request.disconnect()
    await request.task
    print("the response:", request.status)
    print("the task of create_task has ended:", tasks[0].done())
    tasks[0].cancel()
    await asyncio.wait(tasks)


urlpatterns = [path("", view)]
lab.start(MIDDLEWARE=[])
asyncio.run(main())
