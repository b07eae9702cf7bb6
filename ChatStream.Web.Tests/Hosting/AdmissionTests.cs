using System.Security.Claims;
using ChatStream.Web.Hosting.SignIn;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Hosting;

/// <summary>The lists of tenants, groups, roles and users: one of them must name the user.</summary>
public class AdmissionTests
{
    private const string Tenant = "6f1c0d2e-0000-0000-0000-000000000001";

    [TestCase("tid=" + Tenant, true)]
    [TestCase("tid=6F1C0D2E-0000-0000-0000-000000000001", true)]
    [TestCase("tid=6f1c0d2e-0000-0000-0000-000000000002", false)]
    [TestCase("groups=staff", true)]
    [TestCase("groups=guests groups=staff", true)]
    [TestCase("groups=guests", false)]
    [TestCase("groups=staff2", false)]
    [TestCase("roles=Chat.User", true)]
    [TestCase("roles=staff", false)]
    [TestCase("groups=Chat.User", false)]
    [TestCase("sub=ann", true)]
    [TestCase("oid=ann", true)]
    [TestCase("preferred_username=ann", true)]
    [TestCase("name=ann", false)]
    [TestCase("email=ann", false)]
    [TestCase("email=ann email_verified=false", false)]
    [TestCase("email=ann email_verified=true", true)]
    [TestCase("sub=bea", false)]
    [TestCase("", false)]
    public void A_list_admits_the_users_that_it_names(string claims, bool isAdmitted)
    {
        var admission = New(new SignInOptions { Tenants = [Tenant], Groups = ["staff"], Roles = ["Chat.User"], Users = ["ann"] });

        Assert.That(admission.Admit(Of(claims)), isAdmitted ? Is.Not.Null : Is.Null);
    }

    [TestCase("Tenants", "tid=" + Tenant)]
    [TestCase("Groups", "groups=staff")]
    [TestCase("Roles", "roles=Chat.User")]
    [TestCase("Users", "sub=ann")]
    public void One_list_alone_closes_the_door_to_all_others(string list, string named)
    {
        var admission = New(new SignInOptions
        {
            Tenants = list == "Tenants" ? [Tenant] : [],
            Groups = list == "Groups" ? ["staff"] : [],
            Roles = list == "Roles" ? ["Chat.User"] : [],
            Users = list == "Users" ? ["ann"] : [],
        });

        Assert.That(admission.Admit(Of(named)), Is.Not.Null);
        Assert.That(admission.Admit(Of("sub=bea tid=other groups=other roles=other")), Is.Null);
    }

    [Test]
    public void Without_a_list_each_user_of_the_provider_is_admitted() =>
        Assert.That(New(new SignInOptions()).Admit(Of("sub=bea"))?.Rights.IsAdmin, Is.False);

    [TestCase("roles=Chat.Admin sub=bea", true)]
    [TestCase("groups=Chat.Admin sub=bea", false)]
    [TestCase("sub=root", true)]
    [TestCase("roles=Chat.User sub=bea", false)]
    public void A_role_or_a_list_makes_administrators(string claims, bool isAdmin)
    {
        var admission = New(new SignInOptions { AdminValues = ["Chat.Admin"], Admins = ["root"] });

        Assert.That(admission.Admit(Of(claims))!.Rights.IsAdmin, Is.EqualTo(isAdmin));
    }

    [Test]
    public void An_administrator_that_no_list_admits_stays_out() => Assert.That(
        New(new SignInOptions { Groups = ["staff"], Admins = ["root"] }).Admit(Of("sub=root groups=guests")), Is.Null);

    [Test]
    public void Claims_may_have_other_names()
    {
        var admission = New(new SignInOptions
        {
            Groups = ["staff"],
            GroupsClaim = "teams",
            Roles = ["boss"],
            RolesClaim = "posts",
        });

        Assert.That(admission.Admit(Of("teams=staff")), Is.Not.Null);
        Assert.That(admission.Admit(Of("posts=boss")), Is.Not.Null);
        Assert.That(admission.Admit(Of("groups=staff roles=boss")), Is.Null);
    }

    private static Admission New(SignInOptions options) => new(Options.Create(options), [], NullLogger<Admission>.Instance);

    private static ClaimsPrincipal Of(string claims) => new(new ClaimsIdentity(
        claims.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(claim => claim.Split('='))
            .Select(claim => new Claim(claim[0], claim[1])), "Test"));
}
