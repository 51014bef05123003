"""Pages of a list."""

from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """`page` and `page_size` (100 by default, 1,000 at most); the answer counts all and links both ways."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000
