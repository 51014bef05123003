"""URLs of the comment matrix."""

from django.urls import path

from selection.comment_matrix import views

urlpatterns = [
    path("rounds/<int:pk>/matrix/", views.matrix, name="round-matrix"),
    path("rounds/<int:pk>/matrix/template/", views.template, name="matrix-template"),
    path("rounds/<int:pk>/matrix/import/", views.SendMatrix.as_view(), name="matrix-import"),
    path("rounds/<int:pk>/matrix/import/<int:upload>/", views.TakeInMatrix.as_view(), name="matrix-upload"),
]
