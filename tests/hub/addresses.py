"""What a student asks at addresses that are not theirs."""


def answers_of_others(student, instructor, other, assignment):
    """Asks for what a student has no business with.

    Args:
        student: `Account`.
        instructor: String, the instructor's name.
        other: String, another student's name.
        assignment: String, an assignment's id.

    Returns:
        Dict from each address that did not refuse to the status of its answer.
    """
    paths = (
        f"user/{student.name}/formgrader/manage_assignments",
        f"user/{instructor}/formgrader/manage_assignments",
        f"user/{instructor}/formgrader/api/students",
        f"user/{other}/api/contents/{assignment}/{assignment}.ipynb",
        f"user/{other}/files/{assignment}/{assignment}.ipynb",
        f"user/{other}/api/kernels",
        f"user/{other}/terminals/websocket/1",
        "hub/api/users",
        f"hub/api/users/{other}",
        "hub/api/services",
    )
    found = {path: student.ask("GET", path).status_code for path in paths}
    return {path: status for path, status in found.items() if status not in (403, 404)}
