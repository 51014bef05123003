"""URLs of the home page, of pages about the site, and of the documentation of the REST interface."""

from cpc.api import views as api_views
from cpc.site import home, metrics, system, system_tasks, views
from cpc.web.pages import Page

OPEN = "open to visitors"

PAGES = [
    Page("", home.home, "home", header=("Home", 10)),
    Page("queue/", home.whole_queue, "queue", below="home"),
    Page("healthz/", views.health, "health", no_permission="called by the proxy"),
    Page("readyz", views.ready, "ready", no_permission="called by the proxy"),
    Page("metrics", metrics.metrics, "metrics", no_permission="called by the monitoring"),
    Page(".well-known/security.txt", views.security_contact, "security-contact", no_permission=OPEN),
    Page("system/", system.system, "system", footer=("System", 75)),
    Page("system/tasks/<int:pk>/again/", system_tasks.TryAgain, "system-task-again"),
    Page("system/tasks/<int:pk>/give-up/", system_tasks.GiveUp, "system-task-give-up"),
    Page(
        "about/accessibility/",
        views.statement,
        "accessibility",
        kwargs={"template": "accessibility"},
        no_permission=OPEN,
    ),
    Page("about/privacy/", views.statement, "privacy", kwargs={"template": "privacy"}, no_permission=OPEN),
    Page("about/what-is-real/", views.statement, "what-is-real", kwargs={"template": "real"}, no_permission=OPEN),
    Page("about/states/", views.states, "states"),
    Page(
        "api/docs/",
        api_views.documentation,
        "api-documentation",
        footer=("REST interface", 80),
        no_permission=OPEN,
    ),
    Page("api/docs/console/", api_views.console, "api-console"),
    Page("api/problems/", api_views.problem_types, "api-problems", no_permission=OPEN),
]
