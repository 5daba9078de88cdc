from django.urls import path

from yole.assessment import views_tasks as views

urlpatterns = [
    path("", views.tasks, name="tasks"),
    path("service.js", views.service_worker, name="task-service"),
    path("app/<str:version>/<str:name>.js", views.script, name="task-script"),
    path("envois/", views.deliveries, name="task-deliveries"),
    path("equipe/", views.desk, name="task-desk"),
    path("<str:task>/", views.task, name="task"),
    path("<str:task>/oral/", views.oral, name="task-oral"),
]
